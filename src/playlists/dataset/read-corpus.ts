/** Reads the Parquet files that `prepareDataset` writes, as a corpus. */
import { stat } from "node:fs/promises";
import type { Corpus } from "../../corpus/index.js";
import { type Database, type DuckDbOptions, sqlParquet, uintColumn, withDuckDb } from "../../system/index.js";
import { sqlFile } from "../sql-file.js";
import { corpusOfNumbers, numberedPlaylists } from "./corpus-of-numbers.js";

const wanted = [
  "playlist_id",
  "playlist",
  "artist_sequence",
  "track_sequence",
  "track_test_x",
  "track_test_y",
];

/**
 * Reads whole playlists.
 *
 * @param path train.parquet, or any Parquet file with its columns
 * @returns tracks numbered by first appearance, with ids, titles and, if the data has them, artists; undefined if there is no
 *   such file, or it has other columns
 * @throws SegueError code "out-of-memory" if memory and disk do not suffice
 */
export async function readCorpus(path: string, options: DuckDbOptions = {}): Promise<Corpus | undefined> {
  // DuckDB would wait for a pipe.
  if (!(await stat(path).catch(() => undefined))?.isFile()) return undefined;
  return withDuckDb(options, async (database) => {
    const source = sqlParquet(path);
    const columns = await database
      .rows<{ column_name: string }>(`DESCRIBE SELECT * FROM ${source}`)
      .catch(() => []);
    const names = columns.map((column) => column.column_name);
    return wanted.every((name) => names.includes(name)) ? corpusFrom(database, source) : undefined;
  });
}

/** As `readCorpus`; undefined also if there are several files, or one without the ending of Parquet. */
export async function preparedCorpus(
  paths: readonly string[],
  options: DuckDbOptions = {},
): Promise<Corpus | undefined> {
  return paths.length === 1 && paths[0]!.endsWith(".parquet") ? readCorpus(paths[0]!, options) : undefined;
}

/** The database numbers the tracks, so that plays are transferred as numbers, and each name once. */
async function corpusFrom(database: Database, source: string): Promise<Corpus> {
  await database.run(sqlFile("number-tracks", { sequences: source }));
  const playlists = await numberedPlaylists(
    database,
    `SELECT playlist_id, playlist, coalesce(len(track_sequence), 0)::UINTEGER FROM ${source}`,
  );
  const { offsets } = playlists;
  const items = new Uint32Array(offsets[offsets.length - 1]!);
  // Plays come in any order, each with its position.
  for await (const chunk of database.chunks(sqlFile("read-plays", { source }))) {
    const playlistOf = uintColumn(chunk, 0);
    const places = uintColumn(chunk, 1);
    const numbers = uintColumn(chunk, 2);
    for (let i = 0; i < numbers.length; i++) items[offsets[playlistOf[i]!]! + places[i]!] = numbers[i]!;
  }
  return corpusOfNumbers(database, { ...playlists, items }, { tracks: "numbered_tracks", number: "number" });
}

/** Reads the Parquet files that `prepareDataset` writes, as a corpus. */
import { stat } from "node:fs/promises";
import type { Corpus } from "../../corpus/index.js";
import {
  type Database,
  type DuckDbOptions,
  SegueError,
  sqlString,
  uintColumn,
  withDuckDb,
} from "../../system/index.js";
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
 * @returns tracks numbered by first appearance, with ids, titles and, if the data has them, artists
 * @throws SegueError if the file is missing or has other columns
 */
export async function readCorpus(path: string, options: DuckDbOptions = {}): Promise<Corpus> {
  await checkFile(path);
  return withDuckDb(options, async (database) => {
    await checkColumns(database, path);
    return corpusFrom(database, path);
  });
}

/** The database numbers the tracks, so that plays are transferred as numbers, and each name once. */
async function corpusFrom(database: Database, path: string): Promise<Corpus> {
  const source = `read_parquet(${sqlString(path)})`;
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

async function checkFile(path: string): Promise<void> {
  if (!(await stat(path).catch(() => undefined))?.isFile())
    throw new SegueError(`there is no file ${path}`, {
      hint: "run the primary flow first: segue run primary",
      code: "missing-input",
    });
}

async function checkColumns(database: Database, path: string): Promise<void> {
  const columns = await database
    .rows<{ column_name: string }>(`DESCRIBE SELECT * FROM read_parquet(${sqlString(path)})`)
    .catch((cause: unknown) => {
      throw new SegueError(`${path} is not Parquet, or damaged`, { code: "damaged", cause });
    });
  const missing = wanted.filter((name) => !columns.some((column) => column.column_name === name));
  if (missing.length > 0)
    throw new SegueError(
      `${path}: found the columns ${columns.map((column) => column.column_name).join(", ")}; ${missing.join(", ")} missing`,
      { hint: "pass a file that the primary flow wrote, such as train.parquet", code: "wrong-columns" },
    );
}

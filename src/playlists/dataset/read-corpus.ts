/** Reads the parts that `prepareDataset` writes, Parquet or corpus files: as a corpus to learn from, or as queries to be tested on. */
import { stat } from "node:fs/promises";
import { type Corpus, isCorpusFile, type Query, queriesOf, readCorpusFile } from "../../corpus/index.js";
import { type Database, type DuckDbOptions, SegueError, sqlString, withDuckDb } from "../../system/index.js";
import { sqlFile } from "../sql-file.js";

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
 * @param path train.safetensors (a corpus file), train.parquet, or any Parquet file with its columns
 * @returns tracks numbered by first appearance, with artists where the data has them, ids and titles
 * @throws SegueError where the file is missing or has other columns
 */
export async function readCorpus(path: string, options: DuckDbOptions = {}): Promise<Corpus> {
  await checkFile(path);
  if (isCorpusFile(path)) return readCorpusFile(path);
  return withDuckDb(options, async (database) => {
    await checkColumns(database, path);
    return corpusFrom(database, `read_parquet(${sqlString(path)})`);
  });
}

/**
 * The corpus of Parquet files with the columns of a part, by way of a database that is open already.
 *
 * @param source what stands behind FROM: a table with those columns, or `read_parquet(…)`
 */
export async function corpusFrom(database: Database, source: string): Promise<Corpus> {
  const { playlists, plays } = await database.row<{ playlists: number; plays: number }>(
    `SELECT count(*) AS playlists, coalesce(sum(len(track_sequence)), 0)::BIGINT AS plays FROM ${source}`,
  );
  const numbers = new Map<string, number>();
  const tracks: string[] = [];
  const artists: string[] = [];
  const playlistIds: string[] = [];
  const titles: string[] = [];
  const offsets = new Uint32Array(playlists + 1);
  const items = new Uint32Array(plays);
  let place = 0;
  let anyArtist = false;
  for await (const chunk of database.chunks(sqlFile("read-sequences", { source }))) {
    for (const [id, title, trackList, artistList] of chunk.getRows() as (string | null)[][]) {
      const sequence = JSON.parse(trackList ?? "[]") as string[];
      // Most playlists bring no new track, and then nobody asks for their artists.
      let artistsHere: readonly (string | null)[] | undefined;
      for (let i = 0; i < sequence.length; i++) {
        const track = sequence[i]!;
        let number = numbers.get(track);
        if (number === undefined) {
          number = tracks.length;
          numbers.set(track, number);
          tracks.push(track);
          artistsHere ??= JSON.parse(artistList ?? "[]") as (string | null)[];
          const artist = artistsHere[i] ?? "";
          artists.push(artist);
          anyArtist ||= artist !== "";
        }
        items[place++] = number;
      }
      playlistIds.push(id ?? "");
      titles.push(title ?? "");
      offsets[playlistIds.length] = place;
    }
  }
  return { tracks, ...(anyArtist ? { artists } : {}), offsets, items, playlistIds, titles };
}

/**
 * Reads a part as queries, one a playlist: context = all tracks but the last, next = the last, and the playlist's title.
 *
 * @param path validation.safetensors, validation.parquet, or any Parquet file with its columns
 * @throws SegueError where the file is missing or has other columns
 */
export async function readPartQueries(path: string, options: DuckDbOptions = {}): Promise<Query[]> {
  await checkFile(path);
  if (isCorpusFile(path)) return queriesOf(await readCorpusFile(path));
  return withDuckDb(options, async (database) => {
    await checkColumns(database, path);
    const queries: Query[] = [];
    for await (const chunk of database.chunks(
      `SELECT track_test_x, track_test_y, playlist FROM read_parquet(${sqlString(path)})`,
    )) {
      for (const [context, next, title] of chunk.getRows()) {
        queries.push({
          context: (context as { items: string[] }).items,
          next: next as string,
          ...(title === null ? {} : { title: title as string }),
        });
      }
    }
    return queries;
  });
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
      { hint: "wanted a file that the primary flow wrote, such as train.parquet", code: "wrong-columns" },
    );
}

/** The plays of a master table as numbers: of playlists, of tracks, of places. What a dataset is written of, and a corpus read from. */
import { stat } from "node:fs/promises";
import {
  type Database,
  numberWithin,
  requireWithin,
  SegueError,
  sqlString,
  wholeNumber,
} from "../../system/index.js";
import { sqlFile } from "../sql-file.js";

/** Which plays. */
export interface PlaysOptions {
  /** The master table that cleaning wrote. */
  readonly master: string;
  /** Chooses the split (the default is 42). The same seed puts the same playlist in the same part. */
  readonly seed?: number;
  /** Works on a sample of the playlists only, `ratio` of them. */
  readonly dev?: boolean;
  /** How many of the playlists `dev` takes, in (0, 1]; the default is 0.1. */
  readonly ratio?: number;
  /** Shorter playlists are dropped, and counted (the default is 3). */
  readonly minTracks?: number;
  /** Counts "Song - Radio Edit", "Song - Remastered 2011" and "Song (feat. X)" as one song (the default is false). */
  readonly mergeVersions?: boolean;
  /** Counts names that differ in capitals alone as the one that is played most (the default is false). */
  readonly mergeCapitals?: boolean;
}

export type PlaysWanted = PlaysOptions & Required<Pick<PlaysOptions, "minTracks" | "ratio" | "seed">>;

/**
 * The options with their defaults.
 *
 * @throws SegueError where `ratio` is not in (0, 1], another number is wrong, or the master table is missing
 */
export async function settle<Options extends PlaysOptions>(options: Options): Promise<Options & PlaysWanted> {
  const { minTracks = 3, ratio = 0.1, seed = 42 } = options;
  requireWithin(numberWithin({ above: 0, most: 1 }), "ratio", ratio);
  requireWithin(wholeNumber(2), "minTracks", minTracks);
  requireWithin(wholeNumber(), "seed", seed);
  if (!(await stat(options.master).catch(() => undefined))?.isFile())
    throw new SegueError(`there is no master table ${options.master}`, {
      hint: "run the intermediate flow first: segue run intermediate",
      code: "missing-input",
    });
  return { ...options, minTracks, ratio, seed };
}

/** About half a gigabyte of lists. */
const rowsPerBatch = 2_000_000;

/** Makes the tables plays, playlist_index, titles and track_index of `../sql`. */
export async function indexPlays(database: Database, options: PlaysWanted): Promise<void> {
  await database.run(sqlFile("merge-versions"));
  const master = `read_parquet(${sqlString(options.master)})`;
  if (options.mergeCapitals)
    await database.run(sqlFile("merge-capitals", { master, song: songOf(options, "track") }));
  await database.run(await playsOf(database, master, options));
  await database.run(
    sqlFile("index-playlists", {
      seed: sqlString(String(options.seed)),
      min_tracks: String(options.minTracks),
      rows_per_batch: String(rowsPerBatch),
    }),
  );
  await database.run(sqlFile("index-titles", { song: songOf(options, "title") }));
  await database.run(sqlFile("index-tracks"));
}

/** After `indexPlays`: makes numbered_plays and named_tracks. The titles are gone then. */
export async function numberPlays(database: Database): Promise<void> {
  await database.run(sqlFile("number-plays"));
  await database.run(sqlFile("name-tracks"));
  await database.run("DROP TABLE titles");
}

/** @throws SegueError where there is no playlist, or none that is long enough */
export function requirePlaylistsLeft(playlists: number, kept: number, options: PlaysWanted): void {
  if (playlists === 0)
    throw new SegueError(
      options.dev
        ? `a sample of ${options.ratio} leaves no playlist of ${options.master}`
        : `${options.master} has no rows`,
      {
        hint: options.dev ? "take a larger --ratio" : "run the intermediate flow again",
        code: "no-playlists",
      },
    );
  if (kept === 0)
    throw new SegueError(
      `no playlist is left: all ${playlists} have fewer than ${options.minTracks} tracks`,
      {
        hint:
          options.minTracks > 2
            ? "is each row one play, with the name of its playlist? --min-tracks 2 keeps shorter ones"
            : "is each row one play, with the name of its playlist?",
        code: "too-few-playlists",
      },
    );
}

function songOf(options: PlaysWanted, title: string): string {
  return options.mergeVersions ? `song_of(${title})` : title;
}

/** The plays, computed once where they fit into memory easily, and anew for each question where they do not. */
async function playsOf(database: Database, master: string, options: PlaysWanted): Promise<string> {
  const { rows } = await database.row<{ rows: number }>(`SELECT count(*) AS rows FROM ${master}`);
  const sampled = options.dev
    ? `md5_number_lower(concat(${sqlString(`sample ${options.seed}`)}, ':', concat_ws('-', user_id, playlist)))::DOUBLE
       / 18446744073709551616 < ${options.ratio}`
    : "true";
  return sqlFile("plays", {
    kind: rows <= rowsPerBatch ? "TEMP TABLE" : "VIEW",
    song: songOf(options, "track"),
    master: options.mergeCapitals ? "spelled_plays" : master,
    sampled,
  });
}

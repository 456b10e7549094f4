/** Numbers the plays of a master table: playlist, track and position. Datasets and corpora are made from these tables. */
import { stat } from "node:fs/promises";
import {
  type Database,
  numberWithin,
  requireWithin,
  SegueError,
  sqlParquet,
  sqlString,
  wholeNumber,
} from "../../system/index.js";
import { sqlFile } from "../sql-file.js";

/** Selects plays and how to identify their tracks. */
export interface PlaysOptions {
  /** The master table that cleaning wrote. */
  readonly master: string;
  /** The seed of the split. The same seed puts a playlist in the same part. Default: 42. */
  readonly seed?: number;
  /** Uses only a sample of the playlists, the share `ratio`. Default: false. */
  readonly dev?: boolean;
  /** The share of the playlists that `dev` takes, in (0, 1]. Default: 0.1. */
  readonly ratio?: number;
  /** Drops and counts shorter playlists. Default: 3. */
  readonly minTracks?: number;
  /** Treats "Song - Radio Edit", "Song - Remastered 2011" and "Song (feat. X)" as one song. Default: false. */
  readonly mergeVersions?: boolean;
  /** Treats names that differ only in case as the one with most plays. Default: false. */
  readonly mergeCapitals?: boolean;
}

export type PlaysWanted = PlaysOptions & Required<Pick<PlaysOptions, "minTracks" | "ratio" | "seed">>;

/**
 * Fills in the defaults of the options.
 *
 * @throws SegueError if `ratio` is not in (0, 1], another number is invalid, or the master table is missing
 */
export async function settle<Options extends PlaysOptions>(options: Options): Promise<Options & PlaysWanted> {
  const { minTracks = 3, ratio = 0.1, seed = 42 } = options;
  requireWithin(numberWithin({ above: 0, most: 1 }), "ratio", ratio);
  requireWithin(wholeNumber(1), "minTracks", minTracks);
  requireWithin(wholeNumber(), "seed", seed);
  if (!(await stat(options.master).catch(() => undefined))?.isFile())
    throw new SegueError(`there is no master table ${options.master}`, {
      hint: "run the intermediate flow first: segue run intermediate",
      code: "missing-input",
    });
  return { ...options, minTracks, ratio, seed };
}

/** Their lists take about half a gigabyte. */
const rowsPerBatch = 2_000_000;

/** Creates the tables plays, playlist_index, titles and track_index of `../sql`. */
export async function indexPlays(database: Database, options: PlaysWanted): Promise<void> {
  await database.run(sqlFile("merge-versions"));
  const master = sqlParquet(options.master);
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

/** Creates numbered_plays and named_tracks from the tables of `indexPlays`. Drops titles. */
export async function numberPlays(database: Database): Promise<void> {
  await database.run(sqlFile("number-plays"));
  await database.run(sqlFile("name-tracks"));
  await database.run("DROP TABLE titles");
}

/** @throws SegueError (exit code 2) if there is no playlist, or none that is long enough */
export function requirePlaylistsLeft(playlists: number, kept: number, options: PlaysWanted): void {
  if (playlists === 0)
    throw new SegueError(
      options.dev
        ? `a sample of ${options.ratio} has no playlist of ${options.master}`
        : `${options.master} has no rows`,
      {
        hint: options.dev ? "take a larger --ratio" : "run the intermediate flow again",
        exitCode: 2,
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
        exitCode: 2,
        code: "too-few-playlists",
      },
    );
}

function songOf(options: PlaysWanted, title: string): string {
  return options.mergeVersions ? `song_of(${title})` : title;
}

/** The plays, as a table if they easily fit into memory, otherwise as a view that each query computes. */
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

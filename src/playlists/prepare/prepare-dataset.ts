/** The primary flow's work: the master table becomes playlist sequences, split into train, validation and test. */
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { writeCorpusFiles } from "../../corpus/index.js";
import {
  type Database,
  explainDiskError,
  misuse,
  moveIntoPlace,
  type Progress,
  SegueError,
  settleBoth,
  silent,
  sqlString,
  withDuckDb,
} from "../../system/index.js";
import { corpusOfPlays } from "../dataset/corpus-of-plays.js";
import { sqlFile } from "../sql-file.js";

export interface PrepareOptions {
  /** The master table that cleaning wrote. */
  readonly master: string;
  /**
   * Takes model_input_full.parquet, train.parquet, validation.parquet, test.parquet and tracks.parquet, and all but the last once
   * more as corpus files (.safetensors), which read faster.
   */
  readonly outputFolder: string;
  /** Other places for some of the Parquet files; a corpus file lies beside the Parquet file of its name. */
  readonly outputs?: Readonly<Partial<Record<"model_input_full" | PartName | "tracks", string>>>;
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
  readonly memoryLimit?: string;
  readonly threads?: number;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export const partNames = ["train", "validation", "test"] as const;
export type PartName = (typeof partNames)[number];

export interface PrepareFacts {
  /** Plays, and how many distinct users, artists, tracks and playlists they name, before short playlists are dropped. */
  readonly rows: number;
  readonly users: number;
  readonly artists: number;
  readonly tracks: number;
  readonly playlists: number;
  readonly firstRow: Readonly<Record<string, string | number | null>>;
  /** Playlists of fewer than `minTracks` tracks. */
  readonly droppedPlaylists: number;
  readonly droppedRows: number;
  readonly parts: Readonly<Record<PartName, { readonly playlists: number; readonly rows: number }>>;
  /** Ids that stand for more than one artist's track, or user's playlist; each counts as one thing. */
  readonly ambiguous: { readonly tracks: number; readonly playlists: number };
  /** What merging did, where it was on: tracks before and after, and plays whose title was shortened. */
  readonly merged?: { readonly tracksBefore: number; readonly tracksAfter: number; readonly rows: number };
  /** The files by name. */
  readonly files: Readonly<Record<"model_input_full" | PartName | "tracks", string>>;
  /** The corpus files by name: numbers and packed names, for `readCorpus` and `readPartQueries`. */
  readonly corpora: Readonly<Record<"model_input_full" | PartName, string>>;
  readonly seconds: number;
}

/**
 * Makes sequences of the plays, by the SQL in `../sql`: playlist_id = user_id-playlist, track_id = artist-track, in order of
 * row_id. The files appear together at the end or not at all.
 *
 * @throws SegueError where `ratio` is not in (0, 1], the master table is missing, or too few playlists are left to have all
 *   three parts
 */
export async function prepareDataset(options: PrepareOptions): Promise<PrepareFacts> {
  const started = performance.now();
  const { minTracks = 3, ratio = 0.1, seed = 42 } = options;
  if (!(ratio > 0 && ratio <= 1)) throw misuse(`ratio is ${ratio}, wanted a number above 0 and at most 1`);
  if (!Number.isInteger(minTracks) || minTracks < 2)
    throw misuse(`minTracks is ${minTracks}, wanted a whole number of at least 2`);
  if (!Number.isInteger(seed)) throw misuse(`seed is ${seed}, wanted a whole number`);
  if (!(await stat(options.master).catch(() => undefined))?.isFile())
    throw new SegueError(`there is no master table ${options.master}`, {
      hint: "run the intermediate flow first: segue run intermediate",
      code: "missing-input",
    });
  const folder = resolve(options.outputFolder);
  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(join(folder, ".prepare-"));
  try {
    const facts = await withDuckDb({ ...options, spillFolder: scratch }, (database) =>
      prepareInto(scratch, database, { ...options, minTracks, ratio, seed }),
    );
    const place = async (name: string, path: string) => {
      await moveIntoPlace(join(scratch, name), path);
      return path;
    };
    const pathOf = (name: (typeof outputs)[number]) =>
      options.outputs?.[name] ?? join(folder, `${name}.parquet`);
    const files: Record<string, string> = {};
    for (const name of outputs) files[name] = await place(`${name}.parquet`, pathOf(name));
    const corpora: Record<string, string> = {};
    for (const name of sequenceFiles)
      corpora[name] = await place(
        `${name}.safetensors`,
        `${pathOf(name).replace(/\.parquet$/, "")}.safetensors`,
      );
    return {
      ...facts,
      files: files as PrepareFacts["files"],
      corpora: corpora as PrepareFacts["corpora"],
      seconds: (performance.now() - started) / 1000,
    };
  } catch (error) {
    throw explainDiskError(error, folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** About half a gigabyte of lists. */
const rowsPerBatch = 2_000_000;

const sequenceFiles = ["model_input_full", ...partNames] as const;
const outputs = [...sequenceFiles, "tracks"] as const;

type Settled = PrepareOptions & Required<Pick<PrepareOptions, "minTracks" | "ratio" | "seed">>;

async function prepareInto(
  scratch: string,
  database: Database,
  options: Settled,
): Promise<Omit<PrepareFacts, "files" | "corpora" | "seconds">> {
  let step = 0;
  const report = (note: string) =>
    (options.progress ?? silent)({ task: "preparing", done: step++, unit: "steps", note });

  report("counting");
  await database.run(sqlFile("merge-versions"));
  await database.run(await playsOf(database, options));
  await database.run(
    sqlFile("index-playlists", {
      seed: sqlString(String(options.seed)),
      min_tracks: String(options.minTracks),
      rows_per_batch: String(rowsPerBatch),
    }),
  );
  await database.run(sqlFile("index-titles", { song: songOf(options, "title") }));
  await database.run(sqlFile("index-tracks"));
  const { ambiguousTracks, ambiguousPlaylists, ...counts } = await database.row<
    Pick<PrepareFacts, "rows" | "users" | "artists" | "tracks" | "playlists"> & {
      ambiguousTracks: number;
      ambiguousPlaylists: number;
    }
  >(sqlFile("counts"));
  if (counts.playlists === 0)
    throw new SegueError(
      options.dev
        ? `a sample of ${options.ratio} leaves no playlist of ${options.master}`
        : `${options.master} has no rows`,
      {
        hint: options.dev ? "take a larger --ratio" : "run the intermediate flow again",
        code: "no-playlists",
      },
    );
  const firstRow = await database.row<Record<string, string | number | null>>(sqlFile("first-row"));
  const merged = options.mergeVersions
    ? await database.row<NonNullable<PrepareFacts["merged"]>>(sqlFile("merged"))
    : undefined;
  const parts = await sizesOf(database, options, counts.playlists);
  report("numbering plays");
  await database.run(sqlFile("number-plays"));
  await database.run(sqlFile("name-tracks"));
  await database.run("DROP TABLE titles");

  const batches = await database.rows<{ batch: number; first: number; last: number }>(
    "SELECT batch, min(first_row) AS first, max(last_row) AS last FROM playlist_index GROUP BY batch ORDER BY batch",
  );
  // What fits into one batch stays in memory; more goes through files.
  const isOne = batches.length === 1;
  const writeParquet = async () => {
    const pieces: string[] = [];
    for (const { batch, first, last } of batches) {
      report(`making sequences${isOne ? "" : `, batch ${batch + 1} of ${batches.length}`}`);
      const piece = join(scratch, `sequences-${String(batch).padStart(6, "0")}.parquet`);
      pieces.push(sqlString(piece));
      await database.run(
        sqlFile("write-sequences", {
          batch: String(batch),
          first_row: String(first),
          last_row: String(last),
          into: isOne ? "CREATE TABLE sequences AS" : "COPY",
          options: isOne ? "" : `TO ${sqlString(piece)} (FORMAT parquet, ROW_GROUP_SIZE 8192)`,
        }),
      );
    }
    const sequences = isOne ? "sequences" : `read_parquet([${pieces.join(", ")}])`;
    for (const name of sequenceFiles) {
      report(`writing ${name}`);
      const which = name === "model_input_full" ? "true" : `part = ${sqlString(name)}`;
      const output = sqlString(join(scratch, `${name}.parquet`));
      await database.run(sqlFile("write-part", { sequences, which, output }));
    }
  };
  // One connection writes one file after the other on one core: two halves of the work, each on a connection of its own.
  await settleBoth(
    writeParquet(),
    database.beside(async (other) => {
      report("writing corpora");
      await writeCorpora(scratch, other);
      report("writing tracks");
      await other.run(sqlFile("write-tracks", { output: sqlString(join(scratch, "tracks.parquet")) }));
    }),
  );
  const kept = partNames.reduce(
    (sum, name) => ({
      playlists: sum.playlists + parts[name].playlists,
      rows: sum.rows + parts[name].rows,
    }),
    { playlists: 0, rows: 0 },
  );
  (options.progress ?? silent)({ task: "preparing", done: step, total: step, unit: "steps" });
  return {
    ...counts,
    firstRow,
    droppedPlaylists: counts.playlists - kept.playlists,
    droppedRows: counts.rows - kept.rows,
    parts,
    ambiguous: { tracks: ambiguousTracks, playlists: ambiguousPlaylists },
    ...(merged === undefined ? {} : { merged }),
  };
}

/** Tracks are numbered once, over all playlists; the parts come out of that by counting. */
async function writeCorpora(scratch: string, database: Database): Promise<void> {
  const partOfPlaylist = (
    await database.rows<{ part: PartName }>(
      "SELECT part FROM playlist_index WHERE part IS NOT NULL ORDER BY number",
    )
  ).map((row) => row.part);
  const path = (name: string) => join(scratch, `${name}.safetensors`);
  await writeCorpusFiles(
    path("model_input_full"),
    await corpusOfPlays(database),
    partNames.map((name) => ({
      path: path(name),
      belongs: (playlist) => partOfPlaylist[playlist] === name,
    })),
  );
}

function songOf(options: Settled, title: string): string {
  return options.mergeVersions ? `song_of(${title})` : title;
}

/** The plays, computed once where they fit into memory easily, and anew for each question where they do not. */
async function playsOf(database: Database, options: Settled): Promise<string> {
  const { rows } = await database.row<{ rows: number }>(
    `SELECT count(*) AS rows FROM read_parquet(${sqlString(options.master)})`,
  );
  const sampled = options.dev
    ? `md5_number_lower(concat(${sqlString(`sample ${options.seed}`)}, ':', concat_ws('-', user_id, playlist)))::DOUBLE
       / 18446744073709551616 < ${options.ratio}`
    : "true";
  return sqlFile("plays", {
    kind: rows <= rowsPerBatch ? "TEMP TABLE" : "VIEW",
    song: songOf(options, "track"),
    master: sqlString(options.master),
    sampled,
  });
}

async function sizesOf(
  database: Database,
  options: Settled,
  playlists: number,
): Promise<PrepareFacts["parts"]> {
  const sizes = await database.rows<{ part: PartName; playlists: number; rows: number }>(
    "SELECT part, count(*) AS playlists, sum(rows)::BIGINT AS rows FROM playlist_index WHERE part IS NOT NULL GROUP BY part",
  );
  const parts = Object.fromEntries(
    partNames.map((name) => {
      const found = sizes.find((size) => size.part === name);
      return [name, { playlists: found?.playlists ?? 0, rows: found?.rows ?? 0 }];
    }),
  ) as Record<PartName, { playlists: number; rows: number }>;
  const empty = partNames.filter((name) => parts[name].playlists === 0);
  if (empty.length > 0) {
    const tooShort = `have fewer than ${options.minTracks} tracks`;
    const kept = partNames.reduce((sum, name) => sum + parts[name].playlists, 0);
    if (kept === 0)
      throw new SegueError(`no playlist is left: all ${playlists} ${tooShort}`, {
        hint:
          options.minTracks > 2
            ? "is each row a play of one playlist, under its name? --min-tracks 2 keeps shorter ones"
            : "is each row a play of one playlist, under its name?",
        code: "too-few-playlists",
      });
    throw new SegueError(
      `too few playlists to split 70/20/10: ${kept} of ${playlists} have at least ${options.minTracks} tracks, and ${empty.join(
        " and ",
      )} would be empty`,
      { hint: "give it some dozens of playlists, or another --split-seed", code: "too-few-playlists" },
    );
  }
  return parts;
}

/** The work of the primary flow: turns the master table into playlist sequences, split into train, validation and test. */
import { mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { writeCorpusFile } from "../../corpus/index.js";
import {
  type Database,
  explainDiskError,
  makeFolder,
  moveIntoPlace,
  type Progress,
  requireWithin,
  SegueError,
  settleBoth,
  shortened,
  silent,
  sqlParquet,
  sqlString,
  wholeNumber,
  withDuckDb,
} from "../../system/index.js";
import { corpusOfPlays } from "../dataset/corpus-of-plays.js";
import { type MergedNames, mergedNames } from "../dataset/merged-names.js";
import {
  indexPlays,
  numberPlays,
  type PlaysOptions,
  type PlaysWanted,
  requirePlaylistsLeft,
  settle,
} from "../dataset/number-plays.js";
import { sqlFile } from "../sql-file.js";

export interface PrepareOptions extends PlaysOptions {
  /**
   * Receives model_input_full.parquet, train.parquet, validation.parquet, test.parquet and tracks.parquet, and all but the last
   * also as corpus files (.safetensors), which are faster to read.
   */
  readonly outputFolder: string;
  /** Other paths for some of the Parquet files; each corpus file is beside its Parquet file. */
  readonly outputs?: Readonly<Partial<Record<"model_input_full" | PartName | "tracks", string>>>;
  /** A hint for the error of too few playlists: how to split a log that was taken for few and long ones. */
  readonly howToPart?: string | undefined;
  /** More hints for that error: the `remedies` of `CleanFacts` for rows that cleaning rejected. */
  readonly remedies?: readonly string[];
  readonly memoryLimit?: string;
  readonly threads?: number;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** The parts into which playlists are split, 70/20/10. */
export const partNames = ["train", "validation", "test"] as const;
export type PartName = (typeof partNames)[number];

export interface PrepareFacts extends MergedNames {
  /** Numbers of plays and of distinct users, artists, tracks and playlists, before short playlists are dropped. */
  readonly rows: number;
  readonly users: number;
  readonly artists: number;
  readonly tracks: number;
  readonly playlists: number;
  readonly firstRow: Readonly<Record<string, string | number | null>>;
  /** Playlists of fewer than `minTracks` tracks, and their rows. */
  readonly droppedPlaylists: number;
  readonly droppedRows: number;
  readonly parts: Readonly<Record<PartName, { readonly playlists: number; readonly rows: number }>>;
  /** Ids shared by tracks of several artists, or playlists of several users; each counts as one. */
  readonly ambiguous: { readonly tracks: number; readonly playlists: number };
  /**
   * Playlists of five or more tracks that have the same tracks as an earlier one, the ids of the first such pair, and how many
   * copies are in another part than the original, because a part would be empty otherwise. Absent if there are none.
   */
  readonly copies?: {
    readonly playlists: number;
    readonly copy: string;
    readonly original: string;
    readonly apart: number;
  };
  /** The paths of the files by name. */
  readonly files: Readonly<Record<"model_input_full" | PartName | "tracks", string>>;
  /** The paths of the corpus files by name, for `readCorpusFile`. */
  readonly corpora: Readonly<Record<"model_input_full" | PartName, string>>;
  readonly seconds: number;
}

/**
 * Makes sequences of the plays, by the SQL in `../sql`: playlist_id = user_id-playlist, track_id = artist-track, in order of
 * row_id. The files are moved into place at the end, when all are written.
 *
 * @throws SegueError if `ratio` is not in (0, 1], the master table is missing, or too few playlists are left to fill all
 *   three parts
 */
export async function prepareDataset(options: PrepareOptions): Promise<PrepareFacts> {
  const started = performance.now();
  const settled = await settle(options);
  // All tracks but the last are the query, and the last its answer.
  requireWithin(wholeNumber(2), "minTracks", settled.minTracks);
  const folder = resolve(options.outputFolder);
  makeFolder(folder);
  const scratch = await mkdtemp(join(folder, ".prepare-"));
  try {
    const facts = await withDuckDb({ ...options, spillFolder: scratch }, (database) =>
      prepareInto(scratch, database, settled),
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

const sequenceFiles = ["model_input_full", ...partNames] as const;
const outputs = [...sequenceFiles, "tracks"] as const;

type Settled = PrepareOptions & PlaysWanted;

async function prepareInto(
  scratch: string,
  database: Database,
  options: Settled,
): Promise<Omit<PrepareFacts, "files" | "corpora" | "seconds">> {
  let step = 0;
  const report = (note: string) =>
    (options.progress ?? silent)({ task: "preparing", done: step++, unit: "steps", note });

  report("counting");
  await indexPlays(database, options);
  const { ambiguousTracks, ambiguousPlaylists, ...counts } = await database.row<
    Pick<PrepareFacts, "rows" | "users" | "artists" | "tracks" | "playlists"> & {
      ambiguousTracks: number;
      ambiguousPlaylists: number;
    }
  >(sqlFile("counts"));
  const names = await mergedNames(database, options);
  report("numbering plays");
  await numberPlays(database);
  await database.run(sqlFile("copies"));
  const copies = await database.row<NonNullable<PrepareFacts["copies"]>>(sqlFile("count-copies"));
  const sizes = await database.rows<{ part: PartName; playlists: number; rows: number }>(
    "SELECT part, count(*) AS playlists, sum(rows)::BIGINT AS rows FROM playlist_index WHERE part IS NOT NULL GROUP BY part",
  );
  const kept = sizes.reduce(
    (sum, { playlists, rows }) => ({ playlists: sum.playlists + playlists, rows: sum.rows + rows }),
    { playlists: 0, rows: 0 },
  );
  requirePlaylistsLeft(counts.playlists, kept.playlists, options);
  const parts = allParts(sizes, counts.playlists, kept.playlists, copies.playlists, options);
  const firstRow = await database.row<Record<string, string | number | null>>(sqlFile("first-row"));
  await writeFiles(scratch, database, report);
  (options.progress ?? silent)({ task: "preparing", done: step, total: step, unit: "steps" });
  return {
    ...counts,
    firstRow,
    droppedPlaylists: counts.playlists - kept.playlists,
    droppedRows: counts.rows - kept.rows,
    parts,
    ambiguous: { tracks: ambiguousTracks, playlists: ambiguousPlaylists },
    ...(copies.playlists > 0 && { copies }),
    ...names,
  };
}

/** Writes the parts, their corpora and the tracks from the numbered plays. */
async function writeFiles(
  scratch: string,
  database: Database,
  report: (note: string) => void,
): Promise<void> {
  const batches = await database.rows<Batch>(
    "SELECT batch, min(first_row) AS first, max(last_row) AS last FROM playlist_index GROUP BY batch ORDER BY batch",
  );
  const sequences = makeSequences(scratch, database, batches, report);
  const left = [...sequenceFiles];
  const writeParts = async (connection: Database) => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      report(`writing ${name}`);
      const which = name === "model_input_full" ? "true" : `part = ${sqlString(name)}`;
      const output = sqlString(join(scratch, `${name}.parquet`));
      await connection.run(sqlFile("write-part", { sequences: await sequences, which, output }));
    }
  };
  // A connection writes on one core, so two share the work: each takes the next part when it is free.
  await settleBoth(
    sequences.then(() => writeParts(database)),
    database.beside(async (other) => {
      report("writing corpora");
      await writeCorpora(scratch, other);
      report("writing tracks");
      await other.run(sqlFile("write-tracks", { output: sqlString(join(scratch, "tracks.parquet")) }));
      await sequences;
      await writeParts(other);
    }),
  );
}

/** Playlists that are processed together, and the range of their rows. */
interface Batch {
  readonly batch: number;
  readonly first: number;
  readonly last: number;
}

/** Makes the sequence of each playlist, batch by batch; returns the table of sequences as SQL. */
async function makeSequences(
  scratch: string,
  database: Database,
  batches: readonly Batch[],
  report: (note: string) => void,
): Promise<string> {
  // A single batch stays in memory; several go through files.
  const isOne = batches.length === 1;
  const pieces: string[] = [];
  for (const { batch, first, last } of batches) {
    report(`making sequences${isOne ? "" : `, batch ${batch + 1} of ${batches.length}`}`);
    const piece = join(scratch, `sequences-${String(batch).padStart(6, "0")}.parquet`);
    pieces.push(piece);
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
  return isOne ? "sequences" : sqlParquet(pieces);
}

/** Numbers the tracks once, over all playlists; the parts are derived from that corpus. */
async function writeCorpora(scratch: string, database: Database): Promise<void> {
  const partOfPlaylist = (
    await database.rows<{ part: PartName }>(
      "SELECT part FROM playlist_index WHERE part IS NOT NULL ORDER BY number",
    )
  ).map((row) => row.part);
  const path = (name: string) => join(scratch, `${name}.safetensors`);
  await writeCorpusFile(
    path("model_input_full"),
    await corpusOfPlays(database),
    partNames.map((name) => ({
      path: path(name),
      belongs: (playlist) => partOfPlaylist[playlist] === name,
    })),
  );
}

/** With so many, a test part of a tenth is empty by chance once in 70 times. */
const enoughToSplit = 40;
/** With fewer, hardly any seed fills all three. */
const fewToSplit = 12;

/** The sizes of the parts. @throws SegueError (exit code 2) if one is empty */
function allParts(
  sizes: readonly { part: PartName; playlists: number; rows: number }[],
  playlists: number,
  kept: number,
  copies: number,
  { minTracks, howToPart, dev, remedies = [] }: Settled,
): PrepareFacts["parts"] {
  const empty = partNames.filter((name) => !sizes.some(({ part }) => part === name));
  if (empty.length > 0)
    throw new SegueError(
      `too few playlists to split 70/20/10: ${kept} of ${playlists} have at least ${minTracks} tracks, and ${empty.join(
        " and ",
      )} would be empty; it takes about ${enoughToSplit}`,
      {
        hint: [
          ...remedies.map((remedy) => `for the rejected rows: ${remedy}`),
          ...(playlists === 1 && howToPart === undefined
            ? ['if a column tells playlists apart, name it: --columns "playlist=COLUMN"']
            : []),
          howToPart ??
            (dev
              ? "take a larger --ratio"
              : kept - copies < fewToSplit
                ? `give it more playlists${copies > 0 ? ` that differ: ${copies} have the same tracks as an earlier one` : ""}; segue studio FILES works with any number of them, without a test`
                : "give it more playlists, or try another --split-seed"),
        ].join("; "),
        exitCode: 2,
        code: "too-few-playlists",
      },
    );
  return Object.fromEntries(
    sizes.map(({ part, playlists, rows }) => [part, { playlists, rows }]),
  ) as PrepareFacts["parts"];
}

/** The output's line about copied playlists; undefined if there are none. */
export function copiesLine({ copies }: Pick<PrepareFacts, "copies">): string | undefined {
  if (copies === undefined) return undefined;
  const { playlists, copy, original, apart } = copies;
  const where =
    apart === 0
      ? "each is in the same part as that one"
      : `${apart} are in another part than that one, since a part would be empty otherwise: hits on them are memorised`;
  return `playlists with the same tracks as an earlier one: ${playlists}, first ${shortened(copy)}, a copy of ${shortened(original)}; ${where}; each counts in training: leave out what was exported twice`;
}

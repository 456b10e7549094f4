/** Reads raw files or master tables as a corpus: cleans and prepares them in a temporary folder. */
import { join } from "node:path";
import type { Corpus } from "../corpus/index.js";
import {
  aFunction,
  besideWork,
  listOf,
  misuse,
  oneOf,
  removeTemporary,
  requireOptions,
  temporaryFolder,
  thingWith,
  trueOrFalse,
  type ValueRange,
  wholeNumber,
} from "../system/index.js";
import type { CleanFacts, CleanOptions } from "./clean/clean-playlists.js";
import type { ColumnMapping } from "./clean/columns/column-mapping.js";
import { filePlaylistsLine, howToPart } from "./clean/inputs/file-playlists.js";
import { dayOrders, escapeStyles, textEncodings } from "./clean/raw-file-choices.js";
import { rejectLine } from "./clean/rejects.js";
import { mergedNamesLines } from "./dataset/merged-names.js";
import type { PlaysOptions } from "./dataset/number-plays.js";

/** Names in messages are those of the command line: --session-gap is `sessionGap`. */
export interface ReadPlaylistsOptions
  extends Pick<
      CleanOptions,
      "sessionGap" | "sessionLength" | "dates" | "leaveOut" | "escape" | "encoding" | "progress" | "signal"
    >,
    Pick<PlaysOptions, "minTracks" | "mergeVersions" | "mergeCapitals"> {
  /** The columns of each field, if they do not have usual names: `{ artist: "performer", track: "song" }`. */
  readonly columns?: ColumnMapping;
  /**
   * Called with each line on how the files were read and what is left out: rejected rows, short playlists, … Default: none; the counts
   * are in the result.
   */
  readonly tell?: (line: string) => void;
}

export interface PlaylistsRead extends Pick<CleanFacts, "rows" | "rejected" | "firstRejects"> {
  /** Tracks numbered by first appearance, playlists in the order of theirs, with ids and titles. */
  readonly corpus: Corpus;
  /** Playlists of fewer than `minTracks` tracks, which are left out, and their rows. */
  readonly droppedPlaylists: number;
  readonly droppedRows: number;
  /** How to split the plays if they look like a log that was not split into playlists. */
  readonly howToPart?: string;
}

const ranges: Readonly<Record<keyof ReadPlaylistsOptions, ValueRange>> = {
  columns: thingWith("an object such as { artist: 'performer', track: 'song' }"),
  sessionGap: wholeNumber(0),
  sessionLength: wholeNumber(0),
  dates: oneOf("auto", ...dayOrders),
  leaveOut: listOf("artists"),
  escape: oneOf(...escapeStyles),
  encoding: oneOf(...textEncodings),
  minTracks: wholeNumber(1),
  mergeVersions: trueOrFalse,
  mergeCapitals: trueOrFalse,
  tell: aFunction,
  ...besideWork,
};

/**
 * Reads playlists in any form that `segue run` reads (docs/data.md), as its first two flows do, but without a split. A part of its
 * split, such as train.parquet, is read as it is.
 *
 * @param files paths or globs, plain, gzipped or in zip archives, all of one form; of a split, one part
 * @throws SegueError if a file is missing, has other columns, or holds nothing usable; (misuse) if an option is wrong, or would
 *   change nothing since the file is part of a split
 * @throws the signal's reason
 */
export async function readPlaylists(
  files: string | readonly string[],
  options: ReadPlaylistsOptions = {},
): Promise<PlaylistsRead> {
  const inputs = typeof files === "string" ? [files] : files;
  if (!listOf("paths").holds(inputs) || inputs.length === 0)
    throw misuse("readPlaylists needs the paths of files", 'write readPlaylists("playlists.csv")');
  requireOptions(options, ranges, "readPlaylists");
  return (await preparedIn(inputs, options)) ?? readRawFiles(inputs, options);
}

/** As `readPlaylists`, of files that are known not to be part of a split, with options that have been checked. */
export async function readRawFiles(
  inputs: readonly string[],
  options: ReadPlaylistsOptions,
): Promise<PlaylistsRead> {
  const { columns, minTracks = 3, mergeVersions, mergeCapitals, tell = () => {}, ...reading } = options;
  const { progress, signal } = options;
  // Slow to load.
  const [{ cleanPlaylists }, { readMaster }] = await Promise.all([
    import("./clean/clean-playlists.js"),
    import("./dataset/read-master.js"),
  ]);
  const folder = await temporaryFolder("playlists");
  try {
    const master = join(folder, "master.parquet");
    const facts = await cleanPlaylists({ ...reading, mapping: columns, inputs, output: master });
    for (const line of linesOn(facts)) tell(line);
    progress?.({ task: "numbering plays", done: 0 });
    const wanted = { master, minTracks, mergeVersions, mergeCapitals, progress, signal };
    const { corpus, droppedPlaylists, droppedRows, ...names } = await readMaster(wanted);
    if (droppedPlaylists > 0)
      tell(
        `playlists of fewer than ${minTracks} tracks are left out: ${droppedPlaylists}, with ${droppedRows} rows`,
      );
    for (const line of mergedNamesLines(names)) tell(line);
    const { rows, rejected, firstRejects } = facts;
    return {
      ...{ corpus, rows, rejected, firstRejects, droppedPlaylists, droppedRows },
      howToPart: howToPart(facts),
    };
  } finally {
    await removeTemporary(folder);
  }
}

/** Options of any file; all others say how raw files are cleaned. */
const ofAnyFile: ReadonlyArray<keyof ReadPlaylistsOptions> = ["tell", "progress", "signal"];

/** Undefined if it is not part of a split that `segue run primary` made. */
async function preparedIn(
  inputs: readonly string[],
  options: ReadPlaylistsOptions,
): Promise<PlaylistsRead | undefined> {
  const { preparedCorpus } = await import("./dataset/read-corpus.js");
  const corpus = await preparedCorpus(inputs, { signal: options.signal });
  if (corpus === undefined) return undefined;
  const names = Object.keys(ranges) as Array<keyof ReadPlaylistsOptions>;
  const useless = names.find((name) => options[name] !== undefined && !ofAnyFile.includes(name));
  if (useless !== undefined)
    throw misuse(`${useless} is for raw files, and ${inputs[0]} is a prepared dataset`, "leave it out");
  const rows = corpus.items.length;
  return { corpus, rows, rejected: 0, firstRejects: [], droppedPlaylists: 0, droppedRows: 0 };
}

function* linesOn(facts: CleanFacts): Generator<string> {
  const { rows, rejected, firstRejects, remedies, notes } = facts;
  const assumed = filePlaylistsLine(facts);
  if (assumed !== undefined) yield assumed;
  yield* notes;
  if (rejected > 0) yield `${rejected} of ${rows} rows cannot be used and are left out:`;
  for (const reject of firstRejects) yield `  ${rejectLine(reject)}`;
  if (rejected > firstRejects.length) yield "  … (segue run intermediate keeps them all in a file)";
  yield* remedies;
}

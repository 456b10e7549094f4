/**
 * Playlists of any form that Segue reads, as a corpus: sequences and prepared datasets as they are, raw files and master tables cleaned
 * and put together first.
 */
import { rm, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { type Corpus, readSequences } from "../corpus/index.js";
// Not by the room's door, which takes long to load.
import { findInputs, type InputFile } from "../playlists/clean/input-files.js";
import { misuse, type Progress, SegueError, temporaryFolder } from "../system/index.js";
import { type RawFileOptions, refuseRawFileOptions } from "./raw-files.js";

export interface ReadOptions extends Partial<RawFileOptions> {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  /** Raw playlists of fewer tracks are left out; what is no raw file is refused with it. Default: `usualMinTracks`. */
  readonly minTracks?: number | undefined;
  /** Which raw playlists are long enough where `minTracks` does not say; default 3, as in the flows. */
  readonly usualMinTracks?: number;
  /** Hears what is left out of raw files: rows that cannot be used, playlists that are too short; and which files are one playlist each. Default: standard error. */
  readonly tell?: (line: string) => void;
  /** Is given what to do about it, where plays look like a log that has not been parted into playlists. */
  readonly onUnpartedLog?: (advice: string) => void;
}

/**
 * Reads them, in the order of the files.
 *
 * @param inputs files, globs, and pipes of sequences ("-": standard input)
 * @throws SegueError where a file is missing, of no form that Segue knows, has other columns, or holds nothing to use; (misuse)
 *   where `columns` is no mapping
 */
export async function readPlaylists(
  inputs: readonly string[],
  {
    minTracks,
    usualMinTracks = 3,
    tell = console.error,
    columns,
    encoding,
    escape: style = "auto",
    sessionGap = 0,
    sessionLength = 0,
    dates = "auto",
    leaveOut = [],
    mergeVersions = false,
    mergeCapitals = false,
    onUnpartedLog,
    ...options
  }: ReadOptions,
): Promise<Corpus> {
  const found = await findInputs(inputs, { pipes: true });
  const paths = found.map(({ path }) => path);
  const merges = mergeVersions || mergeCapitals;
  const changes = merges || leaveOut.length > 0;
  // All that can be read of a pipe, which has no name to tell by: `<(zcat playlists.jsonl.gz)`.
  const isSequences = ({ path, pipe }: InputFile) =>
    /\.(jsonl|ndjson)(\.gz)?$/.test(path) || (pipe && extname(path) === "");
  if (sessionGap === 0 && !changes && found.every(isSequences)) {
    try {
      const corpus = await readSequences(paths, options);
      refuseRawFileOptions(
        { columns, encoding, escape: style, sessionLength, dates, minTracks },
        `${paths[0]} holds sequences`,
      );
      return corpus;
    } catch (error) {
      // Playlists or plays in other words go the way of raw files.
      if (!(error instanceof SegueError) || !(await anyIsOtherJson(found))) throw error;
    }
  }
  const {
    cleanPlaylists,
    filePlaylistsLine,
    howToPart,
    mergedNamesLines,
    parseColumnMapping,
    readCorpus,
    readMaster,
    rejectLine,
  } = await import("../playlists/index.js");
  const mapping = columns === undefined ? undefined : parseColumnMapping(columns);
  if (mapping === undefined && sessionGap === 0 && paths.length === 1 && paths[0]!.endsWith(".parquet")) {
    const prepared = await readCorpus(paths[0]!, options).catch((error: unknown) => {
      // A Parquet file with other columns is rows of plays: it goes the way of raw files.
      if (!(error instanceof SegueError)) throw error;
      return undefined;
    });
    if (prepared !== undefined) {
      const what = `${paths[0]} is a prepared dataset`;
      if (merges)
        throw misuse(
          `${what}: which names are one was settled when it was made`,
          "say --merge-versions and --merge-capitals there: segue run primary --merge-capitals",
        );
      if (leaveOut.length > 0)
        throw misuse(
          `${what}: what is left out of it was settled when it was made`,
          "say --leave-out there: segue run intermediate primary --leave-out ARTIST",
        );
      refuseRawFileOptions({ encoding, escape: style, sessionLength, dates, minTracks }, what);
      return prepared;
    }
  }
  const least = minTracks ?? usualMinTracks;
  const folder = await temporaryFolder("playlists");
  try {
    const master = join(folder, "master.parquet");
    const facts = await cleanPlaylists({
      ...options,
      ...(mapping && { mapping }),
      ...(encoding && { encoding }),
      ...(style !== "auto" && { escape: style }),
      sessionGap,
      sessionLength,
      dates,
      leaveOut,
      inputs: paths,
      output: master,
    });
    const { rows, rejected, firstRejects, remedies, notes } = facts;
    const assumed = filePlaylistsLine(facts);
    if (assumed !== undefined) tell(assumed);
    const advice = howToPart(facts);
    if (advice !== undefined) onUnpartedLog?.(advice);
    for (const note of notes) tell(note);
    if (rejected > 0) tell(`${rejected} of ${rows} rows cannot be used and are left out:`);
    for (const reject of firstRejects) tell(`  ${rejectLine(reject)}`);
    if (rejected > firstRejects.length) tell("  … (segue run intermediate keeps them all in a file)");
    for (const remedy of remedies) tell(remedy);
    options.progress?.({ task: "numbering plays", done: 0 });
    const { corpus, droppedPlaylists, droppedRows, ...names } = await readMaster({
      ...options,
      minTracks: least,
      mergeVersions,
      mergeCapitals,
      master,
    });
    if (droppedPlaylists > 0)
      tell(
        `playlists of fewer than ${least} tracks are left out: ${droppedPlaylists}, with ${droppedRows} rows`,
      );
    for (const line of mergedNamesLines(names)) tell(line);
    return corpus;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Reads what a recommender is fitted on. Sequences are read as they are, whatever their file is called and however short the
 * playlists; so is what can be read once only, such as a pipe. All else goes the way of raw files, and so do sequences of which more
 * is asked: that way says no to what cannot be parted by its pauses.
 *
 * @param paths as `pathsOf` gives them
 * @throws SegueError as `readPlaylists`
 */
export async function readTrainingPlaylists(paths: readonly string[], options: ReadOptions): Promise<Corpus> {
  const { sessionGap = 0, leaveOut = [], mergeVersions, mergeCapitals } = options;
  if (sessionGap > 0 || leaveOut.length > 0 || mergeVersions || mergeCapitals)
    return readPlaylists(paths, options);
  for (const path of paths) if (await isRaw(path)) return readPlaylists(paths, options);
  refuseRawFileOptions(options, `${paths[0]} holds sequences`);
  const { progress, signal } = options;
  return readSequences(paths, { progress, signal });
}

async function isRaw(path: string): Promise<boolean> {
  return (await stat(path)).isFile() && (await formOf(path)) !== "sequences";
}

async function anyIsOtherJson(files: readonly InputFile[]): Promise<boolean> {
  if (files.some(({ pipe }) => pipe)) return false;
  for (const { path } of files) if ((await formOf(path).catch(() => undefined)) === "json") return true;
  return false;
}

async function formOf(path: string) {
  const { detectForm } = await import("../playlists/index.js");
  return detectForm(path);
}

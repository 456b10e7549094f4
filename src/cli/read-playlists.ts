/**
 * Playlists of any form that Segue reads, as a corpus: sequences and prepared datasets as they are, raw files and master tables cleaned
 * and put together first.
 */
import { extname } from "node:path";
import { type Corpus, readSequences } from "../corpus/index.js";
// Not by the room's door, which takes long to load.
import { findInputs, type InputFile } from "../playlists/clean/input-files.js";
import { misuse, SegueError } from "../system/index.js";
import { refuseRawFileOptions } from "./raw-files.js";
import { type ReadOptions, readRawPlaylists } from "./read-raw-playlists.js";

/**
 * Reads them, in the order of the files.
 *
 * @param inputs files, globs, and pipes of sequences ("-": standard input)
 * @throws SegueError where a file is missing, of no form that Segue knows, has other columns, or holds nothing to use; (misuse)
 *   where `columns` is no mapping
 */
export async function readPlaylists(inputs: readonly string[], options: ReadOptions): Promise<Corpus> {
  const found = await findInputs(inputs, { pipes: true });
  const paths = found.map(({ path }) => path);
  return (
    (await sequencesIn(found, paths, options)) ??
    (found[0]!.member === undefined ? await preparedIn(paths, options) : undefined) ??
    readRawPlaylists(paths, options)
  );
}

/** Undefined where they are no sequences, or more is asked of them than to be read. */
async function sequencesIn(
  found: readonly InputFile[],
  paths: readonly string[],
  options: ReadOptions,
): Promise<Corpus | undefined> {
  if (isAskedForMore(options) || !found.every(isSequences)) return undefined;
  const { progress, signal } = options;
  try {
    const corpus = await readSequences(paths, { progress, signal });
    refuseRawFileOptions(options, `${paths[0]} holds sequences`);
    return corpus;
  } catch (error) {
    // Playlists or plays in other words go the way of raw files.
    if (error instanceof SegueError && (await anyIsOtherJson(found))) return undefined;
    throw error;
  }
}

/** What only cleaning does. */
function isAskedForMore({
  sessionGap = 0,
  leaveOut = [],
  mergeVersions,
  mergeCapitals,
}: ReadOptions): boolean {
  return sessionGap > 0 || leaveOut.length > 0 || Boolean(mergeVersions || mergeCapitals);
}

/** All that can be read of a pipe, which has no name to tell by: `<(zcat playlists.jsonl.gz)`. */
function isSequences({ path, pipe, member }: InputFile): boolean {
  if (member !== undefined) return false;
  return /\.(jsonl|ndjson)(\.gz)?$/.test(path) || (pipe === true && extname(path) === "");
}

/** Undefined where they are no prepared dataset. */
async function preparedIn(paths: readonly string[], options: ReadOptions): Promise<Corpus | undefined> {
  const { columns, sessionGap = 0, leaveOut = [], mergeVersions, mergeCapitals, signal } = options;
  const path = paths[0]!;
  if (columns !== undefined || sessionGap > 0 || paths.length > 1 || !path.endsWith(".parquet"))
    return undefined;
  const { readCorpus } = await import("../playlists/index.js");
  const corpus = await readCorpus(path, { signal }).catch((error: unknown) => {
    // A Parquet file with other columns is rows of plays: it goes the way of raw files.
    if (error instanceof SegueError) return undefined;
    throw error;
  });
  if (corpus === undefined) return undefined;
  const what = `${path} is a prepared dataset`;
  if (mergeVersions || mergeCapitals)
    throw misuse(
      `${what}: its names were merged, or not, when it was made`,
      "say --merge-versions and --merge-capitals there: segue run primary --merge-capitals",
    );
  if (leaveOut.length > 0)
    throw misuse(
      `${what}: what it leaves out was decided when it was made`,
      "say --leave-out there: segue run intermediate primary --leave-out ARTIST",
    );
  refuseRawFileOptions(options, what);
  return corpus;
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
  if (isAskedForMore(options)) return readPlaylists(paths, options);
  const found = await findInputs(paths, { pipes: true });
  for (const file of found) if (await isRaw(file)) return readPlaylists(paths, options);
  refuseRawFileOptions(options, `${paths[0]} holds sequences`);
  const { progress, signal } = options;
  return readSequences(paths, { progress, signal });
}

async function isRaw(file: InputFile): Promise<boolean> {
  if (file.pipe) return false;
  if (file.member !== undefined) return true;
  const { detectForm, isArchive } = await import("../playlists/index.js");
  return (await isArchive(file)) || (await detectForm(file)) !== "sequences";
}

async function anyIsOtherJson(files: readonly InputFile[]): Promise<boolean> {
  if (files.some(({ pipe }) => pipe)) return false;
  const { detectForm } = await import("../playlists/index.js");
  for (const file of files) if ((await detectForm(file).catch(() => undefined)) === "json") return true;
  return false;
}

/**
 * Reads playlists of any supported form as a corpus: sequences and prepared datasets directly, raw files and master tables after
 * cleaning and preparing them.
 */
import { extname } from "node:path";
import { type Corpus, readSequences } from "../../corpus/index.js";
// Not through the room's door, which is slow to load.
import { detectForm } from "../../playlists/clean/inputs/forms.js";
import { findInputs, type InputFile } from "../../playlists/clean/inputs/input-files.js";
import { misuse } from "../../system/index.js";
import { refuseRawFileOptions } from "./raw-files.js";
import { type ReadOptions, readRawPlaylists } from "./read-raw-playlists.js";

/**
 * Reads the playlists, in the order of the files.
 *
 * @param inputs files, globs, and pipes of sequences ("-": standard input)
 * @throws SegueError if a file is missing, of an unknown form, has other columns, or holds nothing usable; (misuse) if `columns`
 *   is not a mapping
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

/** Undefined if they are not sequences, or need cleaning. */
async function sequencesIn(
  found: readonly InputFile[],
  paths: readonly string[],
  options: ReadOptions,
): Promise<Corpus | undefined> {
  if (isAskedForMore(options)) return undefined;
  for (const file of found) if (!(await isSequences(file))) return undefined;
  refuseRawFileOptions(options, `${paths[0]} holds sequences`);
  return sequencesOf(paths, options);
}

/** Whether an option needs cleaning. */
function isAskedForMore({
  sessionGap = 0,
  leaveOut = [],
  mergeVersions,
  mergeCapitals,
}: ReadOptions): boolean {
  return sessionGap > 0 || leaveOut.length > 0 || Boolean(mergeVersions || mergeCapitals);
}

/** A pipe, such as `<(zcat playlists.jsonl.gz)`, can only hold sequences: its form cannot be detected before it is read. */
async function isSequences(file: InputFile): Promise<boolean> {
  const { path, pipe, member } = file;
  if (member !== undefined) return false;
  if (pipe) return extname(path) === "" || /\.(jsonl|ndjson)(\.gz)?$/.test(path);
  // A file of no known form is refused when it is read as raw.
  return (await detectForm(file).catch(() => undefined)) === "sequences";
}

/** Undefined if they are not a prepared dataset. */
async function preparedIn(paths: readonly string[], options: ReadOptions): Promise<Corpus | undefined> {
  const { leaveOut = [], mergeVersions, mergeCapitals, signal } = options;
  const { preparedCorpus } = await import("../../playlists/index.js");
  const corpus = await preparedCorpus(paths, { signal });
  // A Parquet file with other columns has rows of plays: it is read as a raw file.
  if (corpus === undefined) return undefined;
  const what = `${paths[0]} is a prepared dataset`;
  if (mergeVersions || mergeCapitals)
    throw misuse(
      `${what}: its names were merged, or not, when it was made`,
      "give --merge-versions and --merge-capitals to that run: segue run primary --merge-capitals",
    );
  if (leaveOut.length > 0)
    throw misuse(
      `${what}: what it leaves out was decided when it was made`,
      "give --leave-out to that run: segue run intermediate primary --leave-out ARTIST",
    );
  refuseRawFileOptions(options, what);
  return corpus;
}

/** Reads sequences, and tells how many have no tracks and are left out. */
async function sequencesOf(
  paths: readonly string[],
  { progress, signal, tell = console.error }: ReadOptions,
): Promise<Corpus> {
  let empty = 0;
  let first: string | undefined;
  const onEmpty = (place: string) => {
    empty++;
    first ??= place;
  };
  const corpus = await readSequences(paths, { progress, signal, onEmpty });
  if (empty > 0) tell(`playlists without tracks are left out: ${empty}, the first at ${first}`);
  return corpus;
}

/** Reads raw files and master tables as a corpus, by the options of a verb. */
import type { Corpus } from "../../corpus/index.js";
import type { Progress } from "../../system/index.js";
import type { RawFileOptions } from "./raw-files.js";

export interface ReadOptions extends Partial<RawFileOptions> {
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  /** Raw playlists with fewer tracks are left out; an error with files that are not raw. Default: `usualMinTracks`. */
  readonly minTracks?: number | undefined;
  /** The verb's default for `minTracks`; default 3, as in the flows. */
  readonly usualMinTracks?: number;
  /** Called with what is left out of raw files (unusable rows, short playlists), and which files are one playlist each. Default: prints to standard error. */
  readonly tell?: (line: string) => void;
  /** Called with a hint if the plays look like a log that was not split into playlists. */
  readonly onUnpartedLog?: (advice: string) => void;
}

/**
 * @param paths existing files
 * @throws SegueError if a file has other columns or holds nothing usable; (misuse) if `columns` is not a mapping
 */
export async function readRawPlaylists(
  paths: readonly string[],
  {
    minTracks,
    usualMinTracks = 3,
    tell = console.error,
    columns,
    escape: style = "auto",
    onUnpartedLog,
    ...options
  }: ReadOptions,
): Promise<Corpus> {
  const { parseColumnMapping, readRawFiles } = await import("../../playlists/index.js");
  const { corpus, howToPart } = await readRawFiles(paths, {
    ...options,
    ...(columns === undefined ? {} : { columns: parseColumnMapping(columns) }),
    ...(style === "auto" ? {} : { escape: style }),
    minTracks: minTracks ?? usualMinTracks,
    tell,
  });
  if (howToPart !== undefined) onUnpartedLog?.(howToPart);
  return corpus;
}

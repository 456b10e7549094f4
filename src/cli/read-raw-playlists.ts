/** Reads raw files and master tables as a corpus: cleans and prepares them in a temporary folder. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Corpus } from "../corpus/index.js";
import { type Progress, temporaryFolder } from "../system/index.js";
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
    encoding = "utf-8",
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
  const {
    cleanPlaylists,
    filePlaylistsLine,
    howToPart,
    mergedNamesLines,
    parseColumnMapping,
    readMaster,
    rejectLine,
  } = await import("../playlists/index.js");
  const mapping = columns === undefined ? undefined : parseColumnMapping(columns);
  const least = minTracks ?? usualMinTracks;
  const folder = await temporaryFolder("playlists");
  try {
    const master = join(folder, "master.parquet");
    const facts = await cleanPlaylists({
      ...options,
      ...(mapping && { mapping }),
      encoding,
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

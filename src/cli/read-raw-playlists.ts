/** Raw files and master tables as a corpus: cleaned, and put together, in a folder that is gone afterwards. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Corpus } from "../corpus/index.js";
import { type Progress, temporaryFolder } from "../system/index.js";
import type { RawFileOptions } from "./raw-files.js";

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
 * @param paths files that there are
 * @throws SegueError where one has other columns, or holds nothing to use; (misuse) where `columns` is no mapping
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

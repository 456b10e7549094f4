/** Names of playlists for files that are one playlist each, since no column holds the playlist. */
import { basename } from "node:path";
import { countsOf } from "../../../system/index.js";
import type { CleanFacts } from "../clean-playlists.js";
import { tidyName } from "../names/tidy-name.js";
import { usualEndings } from "./input-files.js";

/** A file that is one playlist. */
export interface FilePlaylist {
  readonly name: string;
  /** Whether it is one per user of the file; ids then begin with the user. */
  readonly ofEachUser: boolean;
}

const extensions = new RegExp(`(\\.(${usualEndings}))?(\\.gz)?$`, "i");

/**
 * The name of each file without its extensions, by path: "Road trip" for exports/Road trip.csv.gz. Files that would share a name
 * are named by their paths as given, to keep them distinct.
 */
export function fileNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const names = paths.map((path) => tidyName(basename(path).replace(extensions, "")) || basename(path));
  const files = countsOf(names);
  return new Map(
    paths.map((path, i) => {
      const name = names[i]!;
      // "./" is prepended because a bare path could equal a third file's name.
      return [path, files.get(name) === 1 ? name : path === basename(path) ? `./${path}` : path];
    }),
  );
}

/** The output's line about files taken as playlists, their order, and how to change that; undefined if columns name all playlists. */
export function filePlaylistsLine({
  files,
  sessions,
  isSplitByClock,
  isWithoutPauses,
  isUnpartedLog,
  isMappedToFiles,
  isByTime,
}: Pick<
  CleanFacts,
  | "files"
  | "sessions"
  | "isSplitByClock"
  | "isWithoutPauses"
  | "isUnpartedLog"
  | "isMappedToFiles"
  | "isByTime"
>): string | undefined {
  if (sessions !== undefined) {
    const clock = isSplitByClock ? ", and at each multiple of --session-length on the clock" : "";
    const advice = isWithoutPauses ? `; ${withoutPauses}` : "";
    return `${sessions} ${sessions === 1 ? "playlist" : "playlists"}: a new one starts after each pause longer than --session-gap${clock}${advice}`;
  }
  const taken = files.flatMap(({ path, playlist, spareTime }) =>
    playlist ? [{ path, spareTime, ...playlist }] : [],
  );
  const [first] = taken;
  if (first === undefined) return undefined;
  const which = taken.length === 1 ? first.path : `each of ${taken.length} files`;
  const whose = taken.some(({ ofEachUser }) => ofEachUser) ? "one playlist per user" : "one playlist";
  const called = taken.length === 1 ? `"${first.name}"` : `named after the file, as "${first.name}"`;
  const are = `${which} is ${whose}, ${called}`;
  const told = isMappedToFiles
    ? are
    : `no column with the playlist was found: ${are}; if a column holds it, name it: --columns "playlist=COLUMN"`;
  const time = taken.find(({ spareTime }) => spareTime !== undefined)?.spareTime;
  if (!isUnpartedLog) return told;
  const parts = "--session-gap 30 starts a new playlist after each pause of more than 30 minutes";
  if (isByTime) return `${told}; ${parts}`;
  return time === undefined
    ? `${told}; a playlist this long looks like a log of plays: if a column holds the time of each play, name it, --columns "time=COLUMN", and ${parts}`
    : `${told}; plays are in line order: --columns "time=${time}" sorts them by "${time}", and ${parts}`;
}

/** Advice on splitting a log that makes too few playlists; undefined if it is not a log, or already split. */
export function howToPart(facts: Pick<CleanFacts, "isUnpartedLog" | "isWithoutPauses">): string | undefined {
  if (facts.isUnpartedLog) return partTheLog;
  return facts.isWithoutPauses ? withoutPauses : undefined;
}

const partTheLog =
  "the plays look like a log, with one playlist per file or user: --session-gap 30 starts a new one after each pause of more than 30 minutes";
const withoutPauses =
  "the plays hardly pause, like a station's: --session-length 60 also starts a new playlist at every full hour";

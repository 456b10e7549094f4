/** What to do with a zip archive, as which Spotify and Google give people their data: it is not read, but what is in it may be. */
import { basename, join } from "node:path";
import { SegueError, shellWord } from "../../system/index.js";
import { entriesOf, openZip } from "../zip.js";
import { usualEnding } from "./input-files.js";

/** Files that differ in digits alone are parts of one thing: "StreamingHistory_music_*.json". */
interface Group {
  readonly glob: string;
  readonly bytes: number;
}

/** So many that are not the largest are named. */
const shown = 4;

/** The error that says how to unpack it, and which files to give then: the largest first, as histories are. */
export async function zipError(path: string): Promise<SegueError> {
  const folder = basename(path).replace(/\.zip$/i, "") || "unzipped";
  // A folder cannot lie where the archive does.
  const into = folder === basename(path) ? `${folder}-unzipped` : folder;
  const unzip = `unzip ${shellWord(path)} -d ${shellWord(into)}`;
  const groups = await groupsIn(path).catch(() => undefined);
  return new SegueError(`${path} is a zip archive`, { hint: hintOf(unzip, into, groups), code: "foreign" });
}

function hintOf(unzip: string, into: string, groups: readonly Group[] | undefined): string {
  if (groups === undefined) return `unpack it first: ${unzip}`;
  const [largest, ...others] = groups;
  if (largest === undefined)
    return "nothing in it is called as files of playlists are: was it the right one of those you were given?";
  const more = others.length > shown ? ` and ${others.length - shown} more` : "";
  const beside = others.slice(0, shown).map(({ glob }) => glob);
  return (
    `unzip it, then give what holds the plays or the playlists: ${unzip}; ` +
    `segue run --input ${shellWord(join(into, largest.glob))}` +
    (others.length > 0 ? `\nin it are also: ${beside.join(", ")}${more}` : "")
  );
}

async function groupsIn(path: string): Promise<readonly Group[]> {
  const zip = await openZip(path);
  try {
    const entries = await entriesOf(
      zip,
      // What macOS puts beside each file.
      (name) => usualEnding.test(name) && !name.startsWith("__MACOSX/"),
    );
    const groups = new Map<string, Group>();
    for (const { fileName, uncompressedSize } of entries) {
      const glob = fileName.replace(/\d[\d-]*(?=[^/]*$)/g, "*");
      const before = groups.get(glob);
      groups.set(glob, {
        glob: before === undefined ? fileName : glob,
        bytes: (before?.bytes ?? 0) + uncompressedSize,
      });
    }
    return [...groups.values()].sort((a, b) => b.bytes - a.bytes);
  } finally {
    zip.close();
  }
}

/**
 * Reads a slice of Spotify's Million Playlist Dataset (`mpd.slice.0-999.json`): one row per track, in order of `pos`;
 * user_id = the playlist's `pid`, playlist = its name, or the pid if it has none.
 */
import { flawOf } from "../../../corpus/index.js";
import { SegueError, type TextSource } from "../../../system/index.js";
import type { FileRows } from "../file-rows.js";
import { isBlank } from "../names/tidy-name.js";
import { type RejectReason, toldJson } from "../rejects.js";
import { fieldNames } from "../row-writer.js";
import { parseJson, wholeText } from "./json-text.js";

/**
 * @throws SegueError code "damaged" if the file is not JSON, "empty-input" if it has no playlists, "too-large" if it is too large
 */
export async function readMpdSlice(source: TextSource, rows: FileRows): Promise<void> {
  const text = await wholeText(source);
  const slice = parseJson(text, source.path, "a slice is read whole; copy or download it again") as {
    playlists?: unknown;
  };
  if (!Array.isArray(slice.playlists) || slice.playlists.length === 0)
    throw new SegueError(`${source.path} holds no playlists`, {
      hint: 'a slice looks like {"info": …, "playlists": [{"pid": …, "name": "…", "tracks": […]}, …]}',
      code: "empty-input",
    });
  const lineOf = lineFinder(text);
  const reject = (reason: RejectReason, detail: string, pid: unknown, entry: unknown) => {
    rows.line = lineOf(pid);
    rows.reject(reason, detail, toldJson(entry));
  };
  for (const playlist of slice.playlists as Record<string, unknown>[]) {
    const { pid, name, tracks } = playlist ?? {};
    if ((typeof pid !== "number" && typeof pid !== "string") || !Array.isArray(tracks)) {
      reject("not a playlist", "expected pid and tracks", pid, playlist ?? null);
      continue;
    }
    if (tracks.length === 0) {
      reject("no tracks", `playlist ${pid}`, pid, playlist);
      continue;
    }
    const isNamed = typeof name === "string" && !isBlank(name);
    if (!isNamed) rows.unnamed++;
    const inOrder = tracks.every((track, i) => i === 0 || !(track?.pos < tracks[i - 1]?.pos))
      ? tracks
      : [...tracks].sort((a, b) => a?.pos - b?.pos);
    inOrder.forEach((track, position) => {
      const fields = [
        String(pid),
        track?.artist_name,
        track?.track_name,
        isNamed ? name : String(pid),
      ] as const;
      const detail = `track ${position + 1} of playlist ${pid}`;
      const missing = fieldNames.find((_, i) => {
        const field = fields[i];
        return typeof field !== "string" || isBlank(field);
      });
      const broken = missing === undefined ? fields.map(flawOf).find(Boolean) : undefined;
      if (missing !== undefined) reject(`empty ${missing}`, detail, pid, track);
      else if (broken !== undefined) reject(broken, detail, pid, track);
      else rows.addTidied(fields as [string, string, string, string]);
    });
  }
}

/**
 * Finds the line of a playlist's `pid`, or 1 if it cannot be found. Call it in the order of the playlists: the text is scanned once,
 * however many rows are rejected.
 */
function lineFinder(text: string): (pid: unknown) => number {
  let last: unknown;
  let at = 0;
  let line = 1;
  return (pid) => {
    if (pid === undefined || pid === last) return pid === undefined ? 1 : line;
    const pattern = new RegExp(`"pid"\\s*:\\s*"?${String(pid).replace(/\W/g, "\\$&")}"?\\b`, "g");
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.index;
    if (found === undefined) return 1;
    for (; at < found; at++) if (text.charCodeAt(at) === lineFeed) line++;
    last = pid;
    return line;
  };
}

const lineFeed = 0x0a;

/**
 * Reads sequences as JSON lines, `{"playlist_id": "…", "tracks": ["…"], "title"?: "…", "artists"?: ["…"]}`, one row a track.
 *
 * The columns are chosen so that ids come back as they were: without a title, playlist = playlist_id and there is no user;
 * with one, user_id = playlist_id and playlist = title (or, where the id ends in "-title", what stands before it). A track
 * whose id begins with "artist-" is split there; without artists the whole id is the track.
 */
import { isUtf8 } from "node:buffer";
import { type RejectReason, type Rejects, toldText } from "./rejects.js";
import type { RowWriter } from "./row-writer.js";
import { linesOf, type TextSource } from "./text-source.js";

/** @returns the number of rows: one a track, and one for each line that could not be read */
export async function readSequenceRows(
  source: TextSource,
  firstRowId: number,
  writer: RowWriter,
  rejects: Rejects,
): Promise<{ rows: number }> {
  let rows = 0;
  let line = 0;
  const reject: Reject = (reason, detail, text) => {
    rejects.add({ file: source.path, line, reason, detail, text });
    rows++;
  };
  for await (const bytes of linesOf(source)) {
    line++;
    const value = parseLine(bytes, line === 1, reject);
    if (value !== undefined)
      addSequence(
        value,
        () => textOf(bytes),
        () => firstRowId + rows++,
        writer.add.bind(writer),
        reject,
      );
  }
  return { rows };
}

/** Told about what cannot be used. */
type Reject = (reason: RejectReason, detail: string | undefined, text: string) => void;

/** What a line of JSON holds; undefined where it is empty or cannot be read, which `reject` is told then. */
export function parseLine(bytes: Buffer, isFirst: boolean, reject: Reject): unknown {
  if (bytes.includes(0) || !isUtf8(bytes)) {
    reject(bytes.includes(0) ? "NUL byte" : "not UTF-8", undefined, toldText(bytes));
    return undefined;
  }
  const text = isFirst ? textOf(bytes).replace(/^\ufeff/, "") : textOf(bytes);
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    reject("not valid JSON", (error as Error).message, text);
    return undefined;
  }
}

const textOf = (bytes: Buffer) => bytes.toString("utf8").trimEnd();

/**
 * Writes the rows of a playlist, one a track.
 *
 * @param text what stands there, for the rejects
 * @param rowId the number of the next row, which counts on
 * @param add takes each row
 */
export function addSequence(
  value: unknown,
  text: () => string,
  rowId: () => number,
  add: RowWriter["add"],
  reject: Reject,
): void {
  const playlist = asPlaylist(value);
  if (typeof playlist === "string") {
    reject("not a playlist", playlist, text());
    return;
  }
  if (playlist.tracks.length === 0) {
    reject("no tracks", `playlist "${playlist.id}"`, text());
    return;
  }
  const { user, name } = namesOf(playlist.id, playlist.title);
  if (name.trim() === "") {
    reject("empty playlist", undefined, text());
    return;
  }
  playlist.tracks.forEach((track, position) => {
    const artist = playlist.artists?.[position];
    const detail = `track ${position + 1} of playlist "${playlist.id}"`;
    if (track.trim() === "") reject("empty track", detail, track);
    else if (playlist.artists !== undefined && artist!.trim() === "") reject("empty artist", detail, track);
    else {
      const title =
        artist !== undefined && track.startsWith(`${artist}-`) && track.length > artist.length + 1
          ? track.slice(artist.length + 1)
          : track;
      add(rowId(), [user, artist ?? "", title, name]);
    }
  });
}

interface Playlist {
  readonly id: string;
  readonly title?: string;
  readonly tracks: readonly string[];
  readonly artists?: readonly string[];
}

/** The playlist, or what is wrong with it. */
function asPlaylist(value: unknown): Playlist | string {
  if (typeof value !== "object" || value === null) return "wanted an object";
  const { playlist_id, title, tracks, artists } = value as Record<string, unknown>;
  const isTexts = (list: unknown): list is string[] =>
    Array.isArray(list) && list.every((entry) => typeof entry === "string");
  if (typeof playlist_id !== "string" && typeof playlist_id !== "number") return 'wanted a "playlist_id"';
  if (!isTexts(tracks)) return 'wanted "tracks", a list of strings';
  if (title !== undefined && title !== null && typeof title !== "string") return 'wanted a string as "title"';
  if (artists !== undefined && artists !== null && !(isTexts(artists) && artists.length === tracks.length))
    return 'wanted "artists" to be one string a track';
  return {
    id: String(playlist_id),
    tracks,
    ...(typeof title === "string" && title.trim() !== "" ? { title } : {}),
    ...(artists ? { artists: artists as string[] } : {}),
  };
}

function namesOf(id: string, title: string | undefined): { user: string; name: string } {
  if (title === undefined) return { user: "", name: id };
  if (id.endsWith(`-${title}`) && id.length > title.length + 1)
    return { user: id.slice(0, -title.length - 1), name: title };
  return { user: id, name: title };
}

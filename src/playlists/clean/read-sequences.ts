/**
 * Reads sequences as JSON lines, `{"playlist_id": "…", "tracks": ["…"], "title"?: "…", "artists"?: ["…"]}`, one row per track.
 *
 * The columns are chosen so that preparing yields the same ids. Without a title, playlist = playlist_id and there is no user.
 * With one, playlist = title and user_id = playlist_id, or the part before "-title" if the id ends so. A track whose id begins
 * with "artist-" is split there; without artists the whole id is the track.
 */
import { isUtf8 } from "node:buffer";
import { scalarText } from "./json-playlist.js";
import { type RejectReason, type Rejects, toldText, unusable } from "./rejects.js";
import type { RowWriter } from "./row-writer.js";
import { linesOf, type TextSource } from "./text-source.js";

/** @returns the number of rows: one per track, and one per unreadable line */
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
    const value = parseLine(bytes, reject);
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

/** Receives what is rejected. */
type Reject = (reason: RejectReason, detail: string | undefined, text: string) => void;

/**
 * Parses a line of JSON; undefined if it is empty, or invalid, and so rejected. Any line may begin with a byte order mark: files are
 * put together from several.
 */
export function parseLine(bytes: Buffer, reject: Reject): unknown {
  if (bytes.includes(0) || !isUtf8(bytes)) {
    reject(bytes.includes(0) ? "NUL byte" : "not UTF-8", undefined, toldText(bytes));
    return undefined;
  }
  const text = textOf(bytes).replace(/^\ufeff/, "");
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
 * Writes the rows of a playlist, one per track.
 *
 * @param text its original text, for the rejects
 * @param rowId returns the number of the next row, and increments it
 * @param add receives each row
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
  const broken = unusable([user, name]);
  if (broken !== undefined) {
    reject(broken, "in the playlist's name or id", text());
    return;
  }
  if (name.trim() === "") {
    reject("empty playlist", undefined, text());
    return;
  }
  playlist.tracks.forEach((track, position) => {
    const artist = playlist.artists?.[position];
    const detail = `track ${position + 1} of playlist "${playlist.id}"`;
    const broken = unusable([track, artist ?? ""]);
    if (track.trim() === "") reject("empty track", detail, track);
    else if (playlist.artists !== undefined && artist!.trim() === "") reject("empty artist", detail, track);
    else if (broken !== undefined) reject(broken, detail, track);
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

/** The playlist, or why it is not one. */
function asPlaylist(value: unknown): Playlist | string {
  if (typeof value !== "object" || value === null) return "expected an object";
  const { playlist_id, title, tracks: given, artists } = value as Record<string, unknown>;
  const id = scalarText(playlist_id);
  const tracks = Array.isArray(given) ? given.map(scalarText) : undefined;
  const isTexts = (list: unknown): list is string[] =>
    Array.isArray(list) && list.every((entry) => typeof entry === "string");
  if (id === undefined) return 'expected "playlist_id", a string';
  if (!isTexts(tracks)) return 'expected "tracks", a list of strings';
  if (title !== undefined && title !== null && typeof title !== "string")
    return 'expected a string as "title"';
  if (artists !== undefined && artists !== null && !(isTexts(artists) && artists.length === tracks.length))
    return 'expected "artists" to be one string per track';
  return {
    id,
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

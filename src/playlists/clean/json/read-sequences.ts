/**
 * Reads sequences as JSON lines, `{"playlist_id": "…", "tracks": ["…"], "title"?: "…", "artists"?: ["…"]}`, one row per track.
 *
 * The columns are chosen so that preparing yields the same ids. Without a title, playlist = playlist_id and there is no user.
 * With one, playlist = title and user_id = playlist_id, or the part before "-title" if the id ends so. A track whose id begins
 * with "artist-" is split there; without artists the whole id is the track.
 */
import { flawOf, problemOfSequence, type SequenceLine, visitJsonLines } from "../../../corpus/index.js";
import type { TextSource } from "../../../system/index.js";
import { isBlank } from "../names/tidy-name.js";
import { type RejectReason, type Rejects, toldText } from "../rejects.js";
import type { RowWriter } from "../row-writer.js";
import { asJsonLines } from "./json-text.js";

/** @returns the number of rows: one per track, and one per unreadable line */
export async function readSequenceRows(
  source: TextSource,
  firstRowId: number,
  writer: RowWriter,
  rejects: Rejects,
): Promise<{ rows: number }> {
  let rows = 0;
  let line = 0;
  const rowId = () => firstRowId + rows++;
  const add = writer.add.bind(writer);
  const reject: Reject = (reason, detail, text) => {
    rejects.add({ file: source.path, line, reason, detail, text });
    rows++;
  };
  await visitJsonLines(
    source,
    {
      visit(value, number, text) {
        line = number;
        addSequence(value, () => text.trimEnd(), rowId, add, reject);
      },
      refuse(problem, number, text, detail) {
        line = number;
        reject(problem, detail, toldText(text));
      },
    },
    asJsonLines,
  );
  return { rows };
}

/** Receives what is rejected. */
type Reject = (reason: RejectReason, detail: string | undefined, text: string) => void;

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
  const problem = problemOfSequence(value);
  if (problem !== undefined) {
    reject("not a playlist", problem, text());
    return;
  }
  const { playlist_id, title, tracks, artists } = value as SequenceLine;
  const id = String(playlist_id);
  if (tracks.length === 0) {
    reject("no tracks", `playlist "${id}"`, text());
    return;
  }
  const { user, name } = namesOf(id, isBlank(title ?? "") ? undefined : title!);
  const broken = flawOf(user) ?? flawOf(name);
  if (broken !== undefined) {
    reject(broken, "in the playlist's name or id", text());
    return;
  }
  if (isBlank(name)) {
    reject("empty playlist", undefined, text());
    return;
  }
  tracks.forEach((given, position) => {
    const track = String(given);
    const artist = artists?.[position];
    const detail = `track ${position + 1} of playlist "${id}"`;
    const broken = flawOf(track) ?? flawOf(artist ?? "");
    if (isBlank(track)) reject("empty track", detail, track);
    else if (artist !== undefined && isBlank(artist)) reject("empty artist", detail, track);
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

function namesOf(id: string, title: string | undefined): { user: string; name: string } {
  if (title === undefined) return { user: "", name: id };
  if (id.endsWith(`-${title}`) && id.length > title.length + 1)
    return { user: id.slice(0, -title.length - 1), name: title };
  return { user: id, name: title };
}

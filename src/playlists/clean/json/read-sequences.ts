/**
 * Reads sequences as JSON lines, `{"playlist_id": "…", "tracks": ["…"], "title"?: "…", "artists"?: ["…"]}`, one row per track.
 *
 * The columns are chosen so that preparing yields the same ids. Without a title, playlist = playlist_id and there is no user.
 * With one, playlist = title and user_id = playlist_id, or the part before "-title" if the id ends so. A track whose id begins
 * with "artist-" is split there; without artists the whole id is the track.
 */
import { flawOf, problemOfSequence, type SequenceLine, visitJsonLines } from "../../../corpus/index.js";
import type { TextSource } from "../../../system/index.js";
import type { FileRows } from "../file-rows.js";
import { isBlank } from "../names/tidy-name.js";
import { toldText } from "../rejects.js";
import { asJsonLines } from "./json-text.js";

/** Reads one row per track, and one per unreadable line. */
export async function readSequenceRows(source: TextSource, rows: FileRows): Promise<void> {
  await visitJsonLines(
    source,
    {
      visit(value, number, text) {
        rows.line = number;
        addSequence(value, () => text.trimEnd(), rows, "add");
      },
      refuse(problem, number, text, detail) {
        rows.line = number;
        rows.reject(problem, detail, toldText(text));
      },
    },
    asJsonLines,
  );
}

/**
 * Writes the rows of a playlist, one per track.
 *
 * @param text its original text, for the rejects
 * @param add whether names are tidied
 */
export function addSequence(
  value: unknown,
  text: () => string,
  rows: FileRows,
  add: "add" | "addTidied",
): void {
  const problem = problemOfSequence(value);
  if (problem !== undefined) {
    rows.reject("not a playlist", problem, text());
    return;
  }
  const { playlist_id, title, tracks, artists } = value as SequenceLine;
  const id = String(playlist_id);
  if (tracks.length === 0) {
    rows.reject("no tracks", `playlist "${id}"`, text());
    return;
  }
  const { user, name } = namesOf(id, isBlank(title ?? "") ? undefined : title!);
  const broken = flawOf(user) ?? flawOf(name);
  if (broken !== undefined) {
    rows.reject(broken, "in the playlist's name or id", text());
    return;
  }
  if (isBlank(name)) {
    rows.reject("empty playlist", undefined, text());
    return;
  }
  tracks.forEach((given, position) => {
    const track = String(given);
    const artist = artists?.[position];
    const detail = `track ${position + 1} of playlist "${id}"`;
    const broken = flawOf(track) ?? flawOf(artist ?? "");
    if (isBlank(track)) rows.reject("empty track", detail, track);
    else if (artist !== undefined && isBlank(artist)) rows.reject("empty artist", detail, track);
    else if (broken !== undefined) rows.reject(broken, detail, track);
    else {
      const title =
        artist !== undefined && track.startsWith(`${artist}-`) && track.length > artist.length + 1
          ? track.slice(artist.length + 1)
          : track;
      rows[add]([user, artist ?? "", title, name]);
    }
  });
}

function namesOf(id: string, title: string | undefined): { user: string; name: string } {
  if (title === undefined) return { user: "", name: id };
  if (id.endsWith(`-${title}`) && id.length > title.length + 1)
    return { user: id.slice(0, -title.length - 1), name: title };
  return { user: id, name: title };
}

/**
 * Reads a playlist in XSPF, as VLC, Audacious, Clementine and ListenBrainz write it. The file is one playlist, named after the file,
 * since VLC gives every list the title "Playlist".
 */
import type { TextSource } from "../../../system/index.js";
import { trimmed } from "../names/tidy-name.js";
import { partTitle } from "../names/titled-play.js";
import type { Rejects } from "../rejects.js";
import type { RowWriter } from "../row-writer.js";
import { readXml } from "./read-xml.js";

/**
 * @param playlist its name
 * @returns the number of rows, one per track
 * @throws SegueError if it is not well-formed
 */
export async function readXspf(
  source: TextSource,
  playlist: string,
  firstRowId: number,
  writer: RowWriter,
  rejects: Rejects,
): Promise<{ rows: number }> {
  let rows = 0;
  let line = 1;
  let track: { creator?: string; title?: string; location?: string } = {};
  await readXml(source, {
    open(name, _, __, at) {
      if (name !== "track") return;
      track = {};
      line = at;
    },
    close(name, text, parent) {
      if (parent === "track" && (name === "creator" || name === "title" || name === "location"))
        track[name] ??= trimmed(text);
      if (name !== "track") return;
      const { creator = "", title = "", location = "" } = track;
      const play =
        creator !== "" && title !== ""
          ? { artist: creator, track: title }
          : creator === "" && partTitle(title);
      if (play) writer.addTidied(firstRowId + rows, ["", play.artist, play.track, playlist]);
      else
        rejects.add({
          file: source.path,
          line,
          reason: "not a play",
          detail: "expected <creator> and <title> in it",
          text: [creator, title, location].filter(Boolean).join("\n"),
        });
      rows++;
    },
  });
  return { rows };
}

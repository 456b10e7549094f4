/**
 * Reads a playlist in XSPF, as VLC, Audacious, Clementine and ListenBrainz write it. The file is one playlist, named after the file,
 * since VLC gives every list the title "Playlist".
 */
import type { TextSource } from "../../../system/index.js";
import type { FileRows } from "../file-rows.js";
import { trimmed } from "../names/tidy-name.js";
import { partTitle } from "../names/titled-play.js";
import { readXml } from "./read-xml.js";

/**
 * Reads one row per track.
 *
 * @param playlist its name
 * @throws SegueError if it is not well-formed
 */
export async function readXspf(source: TextSource, rows: FileRows, playlist: string): Promise<void> {
  let track: { creator?: string; title?: string; location?: string } = {};
  await readXml(source, {
    open(name, _, __, at) {
      if (name !== "track") return;
      track = {};
      rows.line = at;
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
      if (play) rows.addTidied(["", play.artist, play.track, playlist]);
      else {
        const text = [creator, title, location].filter(Boolean).join("\n");
        rows.reject("not a play", "expected <creator> and <title> in it", text);
      }
    },
  });
}

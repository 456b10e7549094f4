/**
 * Reads a playlist of a music player (`.m3u`, `.m3u8`): a line `#EXTINF:215,Artist - Title` describes the file that the next line
 * names. The file is one playlist. Entries without such a line are rejected: the artist cannot be told from a path.
 */
import { type Rejects, toldText } from "./rejects.js";
import type { RowWriter } from "./row-writer.js";
import { linesOf, type TextSource } from "./text-source.js";
import { titledPlay } from "./titled-play.js";

/** Before the comma are seconds and, from some players, attributes in quotes. */
const beforeArtist = /^\s*#EXTINF:(?:[^",]|"[^"]*")*,\s*/;

/**
 * @param playlist its name
 * @returns the number of rows, one per file in the playlist
 */
export async function readM3u(
  source: TextSource,
  playlist: string,
  firstRowId: number,
  writer: RowWriter,
  rejects: Rejects,
): Promise<{ rows: number }> {
  let rows = 0;
  let line = 0;
  let told: Buffer | undefined;
  for await (const bytes of linesOf(source)) {
    line++;
    const start = bytes.toString("latin1", 0, 8).trimStart();
    if (start.startsWith("#EXTINF:")) told = bytes;
    if (start === "" || start.startsWith("#") || (line === 1 && bytes.includes("#EXTM3U"))) continue;
    const play = titledPlay(told ?? Buffer.from(""), beforeArtist);
    if (typeof play === "object")
      writer.addTidied(firstRowId + rows, ["", play.artist, play.track, playlist]);
    else {
      const text = Buffer.concat([told ?? Buffer.from(""), Buffer.from(told ? "\n" : ""), bytes]);
      const detail = play === "not a play" ? 'expected "#EXTINF:215,Artist - Title" above it' : undefined;
      rejects.add({
        file: source.path,
        line,
        reason: play,
        detail,
        text: toldText(text),
      });
    }
    rows++;
    told = undefined;
  }
  return { rows };
}

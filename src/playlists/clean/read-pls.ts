/**
 * Reads a playlist of a music player or a radio station (`.pls`): `File1=…` and `Title1=Artist - Title`, in the order of their numbers.
 * The file is one playlist. As in M3U, entries without such a title are rejected.
 */
import { type Line, lineBlocks, type TextSource } from "../../system/index.js";
import type { FileRows } from "./file-rows.js";
import { titledPlay } from "./names/titled-play.js";
import { toldText } from "./rejects.js";

/** Whether a text begins like a PLS file. */
export const isPls = (start: string): boolean => /^\[playlist\]\s*(\n|$)/i.test(start);

/** Reads one row per numbered entry. @param playlist its name */
export async function readPls(source: TextSource, rows: FileRows, playlist: string): Promise<void> {
  /** The line of each number: its title, or else its file. */
  const entries = new Map<number, { line: number; text: Line }>();
  let line = 0;
  for await (const lines of lineBlocks(source, "is this a playlist of a music player?"))
    for (const text of lines) {
      line++;
      const [, key, digits] = /^\s*(file|title)(\d+)\s*=/i.exec(toldText(text)) ?? [];
      const number = Number(digits);
      if (key !== undefined && (key.toLowerCase() === "title" || !entries.has(number)))
        entries.set(number, { line, text });
    }
  for (const [number, { line, text }] of [...entries].sort(([a], [b]) => a - b)) {
    const play = titledPlay(text, /^\s*title\d+\s*=\s*/i);
    rows.line = line;
    if (typeof play === "object") rows.addTidied(["", play.artist, play.track, playlist]);
    else {
      const detail = play === "not a play" ? `expected "Title${number}=Artist - Title"` : undefined;
      rows.reject(play, detail, toldText(text).trimEnd());
    }
  }
}

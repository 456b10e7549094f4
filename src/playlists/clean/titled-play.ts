/** Lines of a music player's playlist that tell a play as one text: "#EXTINF:215,Artist - Title", "Title1=Artist - Title". */
import { isUtf8 } from "node:buffer";
import type { RejectReason } from "./rejects.js";

/**
 * The play that a line tells, or why it cannot be used.
 *
 * @param before what stands in the line before the artist
 */
export function titledPlay(line: Buffer, before: RegExp): { artist: string; track: string } | RejectReason {
  if (!isUtf8(line)) return "not UTF-8";
  if (line.includes(0)) return "NUL byte";
  const text = line.toString();
  const told = before.exec(text)?.[0];
  if (told === undefined) return "not a play";
  return partTitle(text.slice(told.length).trim()) ?? "not a play";
}

/** The two parts of "Artist - Title"; undefined where there are not two. */
export function partTitle(title: string): { artist: string; track: string } | undefined {
  // A dash within a word parts nothing: "a-ha - Take On Me".
  const [, artist, track] = /^\s*(\S.*?)\s+[-–]\s+(\S.*)$/.exec(title) ?? [];
  return artist === undefined || track === undefined ? undefined : { artist, track };
}

/** Why a text has no artist that should be "Artist - Title". */
export const notParted = 'no " - " between artist and title';

/** SQL as of `partTitle`: one of the two parts, empty where there are not two. */
export const partTitleSql = (column: string, part: "artist" | "track"): string =>
  `regexp_extract(${column}::VARCHAR, '^\\s*(\\S.*?)\\s+[-–]\\s+(\\S.*)$', ${part === "artist" ? 1 : 2})`;

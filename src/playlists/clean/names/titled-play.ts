/** Parses "Artist - Title", and lines of players' playlists that contain it: "#EXTINF:215,Artist - Title", "Title1=Artist - Title". */
import type { Line } from "../../../system/index.js";
import type { RejectReason } from "../rejects.js";
import { isBlank, trimmed } from "./tidy-name.js";

/**
 * The play on a line, or why it is rejected.
 *
 * @param before matches the part of the line before the artist
 */
export function titledPlay(line: Line, before: RegExp): { artist: string; track: string } | RejectReason {
  if (typeof line !== "string") return "not UTF-8";
  if (line.includes("\0")) return "NUL byte";
  const told = before.exec(line)?.[0];
  if (told === undefined) return "not a play";
  return partTitle(line.slice(told.length).trim()) ?? "not a play";
}

/** The two parts of "Artist - Title"; undefined if there are no two. */
export function partTitle(title: string): { artist: string; track: string } | undefined {
  // A dash within a word does not split: "a-ha - Take On Me". The lookbehind keeps the time linear in long runs of spaces.
  const [, artist, track] = /^\s*(\S.*?)(?<!\s)\s+[-–]\s+(\S.*)/s.exec(title) ?? [];
  if (artist === undefined || track === undefined || isBlank(artist) || isBlank(track)) return undefined;
  return { artist: trimmed(artist), track: trimmed(track) };
}

/** The detail of rejects that should be "Artist - Title". */
export const notParted = 'no " - " between artist and title';

/** One part of `partTitle` as SQL; empty if there are no two. */
export const partTitleSql = (column: string, part: "artist" | "track"): string =>
  `regexp_extract(${column}::VARCHAR, '(?s)^\\s*(\\S.*?)\\s+[-–]\\s+(\\S.*)$', ${part === "artist" ? 1 : 2})`;

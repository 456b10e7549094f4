/** Choices about raw files that cannot be detected: their names, for options and checks. */
import { misuse } from "../../system/index.js";

/** Encodings, except UTF-16, which is detected. */
export const textEncodings = ["utf-8", "latin-1"] as const;
export type TextEncoding = (typeof textEncodings)[number];

/** How a quote in a quoted field is written: `\"` or `""`, or only `""`; with "none", quotes are ordinary characters. */
export const escapeStyles = ["backslash", "doubled", "none"] as const;
export type EscapeStyle = (typeof escapeStyles)[number];

/** Which number of a date such as 01/02/2024 is the day. */
export const dayOrders = ["day-first", "month-first"] as const;
export type DayOrder = (typeof dayOrders)[number];

/** @throws SegueError (misuse) if playlists should be split by the clock but not at pauses */
export function checkSessions(choice: {
  readonly sessionGap?: number;
  readonly sessionLength?: number;
}): void {
  if (choice.sessionLength && !choice.sessionGap)
    throw misuse(
      "--session-length needs --session-gap",
      `say both: --session-gap 30 --session-length ${choice.sessionLength}`,
    );
}

/** Text from data as a terminal may show it. */
import { stripVTControlCharacters } from "node:util";

/** Control characters other than tabs and line feeds, and overrides of the writing direction. */
const harmful = "\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u202d\\u202e";
const oneHarmful = new RegExp(`[${harmful}]`, "g");
/** Text as `colour` makes it, bold, dim, red, green or yellow, which ends with its colour; or one of the harmful. */
const colouredOrHarmful = new RegExp(
  `\\x1b\\[(?:[12]m[^${harmful}]*\\x1b\\[22m|3[123]m[^${harmful}]*\\x1b\\[39m)|[${harmful}]`,
  "g",
);
const written = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/**
 * Writes what could clear the screen, move the cursor, hide or reverse the line as "\u001b". Names in playlists may hold anything. In
 * JSON it is the same string. Text in one of Segue's colours is kept.
 */
export const printable = (text: string): string =>
  text.replace(colouredOrHarmful, (found) => (found.length === 1 ? written(found) : found));

/** As `printable`, but keeps no colours, so that the result can be coloured, or cut to a width. */
export const uncoloured = (text: string): string => text.replace(oneHarmful, written);

/**
 * A line that a task printed as plain text: the last state of one that was redrawn after carriage returns, such as a progress bar,
 * without colours and codes that would move the cursor.
 */
export function plainLine(line: string): string {
  const lastState = line.split("\r").findLast((part) => part !== "") ?? "";
  return stripVTControlCharacters(lastState).replace(oneHarmful, "");
}

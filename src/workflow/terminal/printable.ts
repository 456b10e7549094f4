/** Text from data as a terminal may show it. */

/** Control characters other than tabs and line feeds, and overrides of the writing direction; colour codes are kept. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these must not reach a terminal.
const harmful = /(?!\x1b\[[\d;]*m)[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e]/g;

/**
 * Writes what could clear the screen, move the cursor or reverse the line as "\u001b". Names in playlists may hold anything. In
 * JSON it is the same string.
 */
export const printable = (text: string): string =>
  text.replace(harmful, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** The last state of a line that was redrawn after carriage returns, such as a progress bar. */
export const lastState = (line: string): string => line.split("\r").findLast((part) => part !== "") ?? "";

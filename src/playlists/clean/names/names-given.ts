/** Names given to an option: each itself, or "@" and a file of names. */
import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { misuse, SegueError } from "../../../system/index.js";
import { tidyName } from "./tidy-name.js";

/** Precedes the path of a file of names. */
const ofFile = "@";

/** What messages call the option, and what it names. */
export interface NamesOption {
  /** As typed: "--leave-out" */
  readonly option: string;
  readonly of: "artist" | "track";
}

/**
 * Tidies names, and replaces "@radio.txt" by those in that file, one per line.
 *
 * @throws SegueError (misuse) if a name is empty or a file holds none; code "missing-input" or "unreadable-input" if a file
 *   cannot be read, "not-text" if it is not UTF-8
 */
export async function namesGiven(given: readonly string[], named: NamesOption): Promise<string[]> {
  const names: (string | string[])[] = [];
  for (const text of given) {
    const name = tidyName(text);
    if (name === "" || name === ofFile)
      throw misuse(
        `${named.option} needs a name`,
        `write the ${named.of}, or "@" and a file of ${named.of}s, one per line`,
      );
    if (name.startsWith(ofFile)) names.push(await namesIn(name.slice(ofFile.length), named));
    else names.push(name);
  }
  return names.flat();
}

async function namesIn(path: string, { option, of }: NamesOption): Promise<string[]> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const isMissing = cause.code === "ENOENT";
    throw new SegueError(
      isMissing ? `${option}: there is no file ${path}` : `${option}: ${path} cannot be read (${cause.code})`,
      {
        hint: `"@" is followed by a file of ${of}s, one per line; put ${of === "artist" ? "an artist" : "a track"} whose name begins with @ into one`,
        code: isMissing ? "missing-input" : "unreadable-input",
        cause,
      },
    );
  });
  if (!isUtf8(bytes) || bytes.includes(0))
    throw new SegueError(`${option}: ${path} is not text in UTF-8`, {
      hint: `save it as plain text, encoded as UTF-8, with one ${of} per line`,
      code: "not-text",
    });
  // Tidying also removes a byte order mark.
  const names = bytes
    .toString()
    .split("\n")
    .map(tidyName)
    .filter((name) => name !== "");
  if (names.length === 0) throw misuse(`${option}: ${path} holds no names`, `write one ${of} per line`);
  return names;
}

/** Leaves out the plays of given artists, such as advertisements, jingles and news between a radio station's songs. */
import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { type Database, misuse, quoted, SegueError, sqlString } from "../../../system/index.js";
import { sqlFile } from "../../sql-file.js";
import { tidyName } from "./tidy-name.js";

/** What was left out of the accepted plays. */
export interface LeftOut {
  readonly plays: number;
  /** The distinct given names with their plays, most plays first. */
  readonly names: ReadonlyArray<{ readonly name: string; readonly plays: number }>;
}

/** Precedes the path of a file of names. */
const ofFile = "@";

/**
 * Replaces "@radio.txt" by the names in that file, one per line.
 *
 * @throws SegueError (misuse) if a name is empty or a file holds none; code "missing-input" or "unreadable-input" if a file
 *   cannot be read, "not-text" if it is not UTF-8
 */
export async function namesToLeaveOut(given: readonly string[]): Promise<string[]> {
  const names: string[] = [];
  for (const text of given) {
    const name = tidyName(text);
    if (name === "" || name === ofFile)
      throw misuse(
        "--leave-out needs a name",
        'write the artist, or "@" and a file of artists, one per line',
      );
    if (name.startsWith(ofFile)) names.push(...(await namesIn(name.slice(ofFile.length))));
    else names.push(name);
  }
  return names;
}

async function namesIn(path: string): Promise<string[]> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const isMissing = cause.code === "ENOENT";
    throw new SegueError(
      isMissing
        ? `--leave-out: there is no file ${path}`
        : `--leave-out: ${path} cannot be read (${cause.code})`,
      {
        hint: `"@" is followed by a file of artists, one per line; put an artist whose name begins with @ into one`,
        code: isMissing ? "missing-input" : "unreadable-input",
        cause,
      },
    );
  });
  if (!isUtf8(bytes) || bytes.includes(0))
    throw new SegueError(`--leave-out: ${path} is not text in UTF-8`, {
      hint: "save it as plain text, encoded as UTF-8, with one artist per line",
      code: "not-text",
    });
  // Tidying also removes a byte order mark.
  const names = bytes
    .toString()
    .split("\n")
    .map(tidyName)
    .filter((name) => name !== "");
  if (names.length === 0) throw misuse(`--leave-out: ${path} holds no names`, "write one artist per line");
  return names;
}

/** The compared name of a row, as SQL: the artist or, without one, the track. */
const whose = "lower(if(artist = '', track, artist))";

/** SQL condition for rows that are not left out; it ignores case. */
export function notLeftOutSql(names: readonly string[]): string {
  if (names.length === 0) return "true";
  return `${whose} NOT IN (${names.map((name) => `lower(${sqlString(name)})`).join(", ")})`;
}

/**
 * Counts the plays left out.
 *
 * @param parts SQL list of the files of rows
 * @param accepted SQL condition for accepted rows
 */
export async function countLeftOut(
  database: Database,
  names: readonly string[],
  { parts, accepted }: { readonly parts: string; readonly accepted: string },
): Promise<LeftOut | undefined> {
  if (names.length === 0) return undefined;
  const given = names.map((name) => `(${sqlString(name)})`).join(", ");
  const counted = await database.rows<LeftOut["names"][number]>(
    sqlFile("left-out", { given, whose, parts, accepted }),
  );
  return { plays: counted.reduce((sum, { plays }) => sum + plays, 0), names: counted };
}

/** How many names are listed. */
const shown = 5;

/** Lines for the output. */
export function leftOutLines({ plays, names }: LeftOut): string[] {
  const and = (more: number) => (more > 0 ? ` and ${more} more` : "");
  const found = names.filter((each) => each.plays > 0);
  const unheard = names.filter((each) => each.plays === 0).map(({ name }) => name);
  const told = found.slice(0, shown).map((each) => `${each.plays} of "${each.name}"`);
  return [
    ...(plays > 0
      ? [
          `left out by --leave-out: ${plays} ${plays === 1 ? "play" : "plays"}, ${told.join(", ")}${and(found.length - shown)}`,
        ]
      : []),
    ...(unheard.length > 0
      ? [
          `--leave-out: there are no plays by ${quoted(unheard.slice(0, shown))}${and(unheard.length - shown)}; give the whole name, in any case`,
        ]
      : []),
  ];
}

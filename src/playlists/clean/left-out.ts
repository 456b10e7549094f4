/** Artists whose plays are left out when playlists are read: advertisements, jingles and news between a radio station's songs. */
import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { type Database, misuse, quoted, SegueError, sqlString } from "../../system/index.js";
import { sqlFile } from "../sql-file.js";
import { tidyName } from "./tidy-name.js";

/** What was left out of plays that could have been used. */
export interface LeftOut {
  readonly plays: number;
  /** Every name that was given, once, with its plays: those with most first. */
  readonly names: ReadonlyArray<{ readonly name: string; readonly plays: number }>;
}

/** Before the path of a file of names. */
const ofFile = "@";

/**
 * The names themselves: "@radio.txt" stands for those in that file, one a line.
 *
 * @throws SegueError (misuse) where one is empty or a file holds none; code "missing-input" or "unreadable-input" where a file
 *   cannot be read, "not-text" where it is not UTF-8
 */
export async function namesToLeaveOut(given: readonly string[]): Promise<string[]> {
  const names: string[] = [];
  for (const text of given) {
    const name = tidyName(text);
    if (name === "" || name === ofFile)
      throw misuse(
        "--leave-out is given no name",
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
      hint: "save it as plain text, encoded as UTF-8, with one artist a line",
      code: "not-text",
    });
  // Tidying takes a byte order mark off, too.
  const names = bytes
    .toString()
    .split("\n")
    .map(tidyName)
    .filter((name) => name !== "");
  if (names.length === 0) throw misuse(`--leave-out: ${path} holds no names`, "write one artist a line");
  return names;
}

/** Whose play a row is, as SQL: the artist, and where there is none the track. */
const whose = "lower(if(artist = '', track, artist))";

/** As SQL, whether a row is none of theirs. Capitals do not matter. */
export function notLeftOutSql(names: readonly string[]): string {
  if (names.length === 0) return "true";
  return `${whose} NOT IN (${names.map((name) => `lower(${sqlString(name)})`).join(", ")})`;
}

/**
 * @param parts the files of rows, as SQL
 * @param accepted the condition of those that can be used, as SQL
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

/** So many names are told one by one. */
const shown = 5;

/** What to say of it, a line each. */
export function leftOutLines({ plays, names }: LeftOut): string[] {
  const and = (more: number) => (more > 0 ? ` and ${more} more` : "");
  const found = names.filter((each) => each.plays > 0);
  const unheard = names.filter((each) => each.plays === 0).map(({ name }) => name);
  const told = found.slice(0, shown).map((each) => `${each.plays} of "${each.name}"`);
  return [
    ...(plays > 0
      ? [
          `left out, as --leave-out says: ${plays} ${plays === 1 ? "play" : "plays"}, ${told.join(", ")}${and(found.length - shown)}`,
        ]
      : []),
    ...(unheard.length > 0
      ? [
          `--leave-out: there are no plays by ${quoted(unheard.slice(0, shown))}${and(unheard.length - shown)}; give the whole name, in any case`,
        ]
      : []),
  ];
}

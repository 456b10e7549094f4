/** Leaves out the plays of given artists, such as advertisements, jingles and news between a radio station's songs. */
import { type Database, quoted, sqlString } from "../../../system/index.js";
import { sqlFile } from "../../sql-file.js";
import { namesGiven } from "./names-given.js";

/** What was left out of the accepted plays. */
export interface LeftOut {
  readonly plays: number;
  /** The distinct given names with their plays, most plays first. */
  readonly names: ReadonlyArray<{ readonly name: string; readonly plays: number }>;
}

/** The artists that --leave-out names, as `namesGiven` reads them. */
export const namesToLeaveOut = (given: readonly string[]): Promise<string[]> =>
  namesGiven(given, { option: "--leave-out", of: "artist" });

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
 * @param parts the rows as a SQL table
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

/** The first line of a CSV file: which column is which, what parts the fields, and whether `\` escapes. */

import type { ColumnMapping } from "./column-mapping.js";
import type { CsvLayout } from "./csv-scanner.js";
import { matchColumns, spareTime } from "./match-columns.js";
import { clockColumn, fieldNames, spareColumn, timeColumn } from "./row-writer.js";

/** How a quote inside a quoted field is written: `\"` (and `""`), or only `""`; or that no field is quoted, and quotes are letters. */
export type EscapeStyle = "backslash" | "doubled" | "none";

/** A byte that UTF-8 has nowhere: where there is one column, a line is one field, commas and all. */
const inNoText = 0xff;

/** The columns of the #nowplaying data, whose quotes are escaped by `\`. */
const nowplaying = ["user_id", "artistname", "trackname", "playlistname"];

export interface CsvHeader extends CsvLayout {
  /**
   * The names of the columns that hold the fields, in the order of `fieldNames`, as they stand there but for spaces and quotes
   * around them; undefined for a field that none holds.
   */
  readonly held: ReadonlyArray<string | undefined>;
  /** A column that may hold the time of each play, and was not asked for. */
  readonly spareTime: string | undefined;
}

/** Reads the header line; `playlist` is what a file's playlist is called where no column holds it. */
export function readHeader(
  line: string,
  where: string,
  options: { mapping?: ColumnMapping; escape?: EscapeStyle; playlist: string; needsTime?: boolean },
): CsvHeader {
  const delimiter = bestDelimiter(line);
  const names = columnNames(line);
  const example = ["user_id", "artist", "track", "playlist"].slice(names.length < 4 ? 1 : 0).join(delimiter);
  const at = matchColumns(names, options.mapping, where, {
    needsTime: options.needsTime ?? false,
    ifNoneIsKnown:
      names.length === 1
        ? 'if each line is a play, "Artist - Title", begin the file with the line "track", and say --columns "artist=none"'
        : `if that line names no columns, begin the file with one that does: ${example.replaceAll("\t", "<tab>")}`,
  });
  const columns = names.map((_, index) => {
    const field = fieldNames.findIndex((name) => at[name] === index);
    if (field !== -1) return field;
    if (at.clock === index) return clockColumn;
    return at.time === index ? timeColumn : spareColumn;
  });
  const isNowplaying = nowplaying.every((name) => names.some((found) => found.toLowerCase() === name));
  const style = options.escape ?? (isNowplaying ? "backslash" : "doubled");
  return {
    held: fieldNames.map((name) => names[at[name]]),
    spareTime: spareTime(names, at),
    columns,
    absent: fieldNames.map((name) => Buffer.from(name === "playlist" ? options.playlist : "")),
    delimiter: names.length === 1 ? inNoText : delimiter.charCodeAt(0),
    escape: style === "backslash" ? 0x5c : -1,
    isUnquoted: style === "none",
  };
}

/** Whether a line is what Excel writes above a header to tell itself the delimiter, which is found without it. */
export function isSeparatorLine(line: string): boolean {
  return /^"?sep=."?\s*$/i.test(line);
}

/** The names in a header line, parted by whatever parts it into most. */
export function columnNames(line: string): string[] {
  return splitHeader(line, bestDelimiter(line));
}

function bestDelimiter(line: string): string {
  const counts = [",", "\t", ";", "|"].map((d) => ({ d, n: splitHeader(line, d).length }));
  return counts.reduce((best, next) => (next.n > best.n ? next : best)).d;
}

/** More forgiving than rows are: stray spaces and quotes around a name are taken off. */
function splitHeader(line: string, delimiter: string): string[] {
  const names: string[] = [];
  let name = "";
  let quoted = false;
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    if (character === delimiter && !quoted) {
      names.push(name);
      name = "";
    } else name += character;
  }
  names.push(name);
  return names.map((raw) =>
    raw
      .trim()
      .replace(/^"+|"+$/g, "")
      .trim(),
  );
}

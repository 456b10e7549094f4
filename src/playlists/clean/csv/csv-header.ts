/** The header of a CSV file: its columns, its delimiter, and whether `\` escapes. */
import { isUtf8 } from "node:buffer";
import { quoted, SegueError } from "../../../system/index.js";
import { isOfColumns, matchColumns, spareTime, type TableOptions } from "../columns/match-columns.js";
import { partTitle } from "../names/titled-play.js";
import type { EscapeStyle } from "../raw-file-choices.js";
import { clockColumn, fieldNames, spareColumn, timeColumn } from "../row-writer.js";
import { isClockAlone, parseTime } from "../times/time-of-play.js";
import type { CsvLayout } from "./csv-layout.js";
import { fromMac, LikelyEncoding } from "./likely-encoding.js";

/** A byte that never occurs in UTF-8: the delimiter if there is one column, so that commas are part of it. */
const inNoText = 0xff;

/** The columns of the #nowplaying data, whose quotes are escaped by `\`. */
const nowplaying = ["user_id", "artistname", "trackname", "playlistname"];

export interface CsvHeader extends CsvLayout {
  /**
   * The names of the columns that hold the fields, in the order of `fieldNames`, without surrounding spaces and quotes; undefined
   * for a field without a column.
   */
  readonly held: ReadonlyArray<string | undefined>;
  /** An unused column that may hold the time of each play. */
  readonly spareTime: string | undefined;
}

export interface HeaderOptions extends TableOptions {
  readonly escape?: EscapeStyle;
}

/** Parses a header line. */
export function readHeader(line: string, where: string, options: HeaderOptions): CsvHeader {
  const delimiter = bestDelimiter(line);
  const names = columnNames(line);
  // A comma before a space is part of a name: "Earth, Wind & Fire - September".
  const isTitle = names.length === 1 || (/^[^,;|\t]*(, [^,;|\t]*)*$/.test(line) && isTitled(line));
  const ifNoHeader = isTitle
    ? titleRemedy(line)
    : names.every(isTitled)
      ? 'if each line is a playlist, write it as JSON: {"name": "…", "tracks": ["Artist - Title", …]}'
      : `if that line names no columns, begin the file with one that does: ${exampleHeader(names, delimiter)}`;
  const at = explainingQuotes(line, where, () =>
    matchColumns(names, options.mapping, where, {
      needsTime: options.needsTime,
      ifNoneIsKnown: `${ifNoHeader}; if the columns are named further down, a mapping of these names is enough`,
    }),
  );
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
    mayLackLast: names.at(-1) === "",
    isTitled: at.artist !== -1 && at.artist === at.track,
  };
}

const isTitled = (text: string) => partTitle(text) !== undefined;

/** Advice for a file whose lines are plays, "Artist - Title". */
function titleRemedy(line: string): string {
  const [columns, mapping, more] = dated.test(line)
    ? [
        "date|track",
        `"artist=track,track=track,time=date"`,
        ` (and first write | behind the times: ${withBars})`,
      ]
    : numbered.test(line)
      ? ["track", titles, ` (and first remove the numbers or times in front: ${withoutNumbers})`]
      : ["track", titles, ""];
  return `if each line is a play, "Artist - Title", begin the file with the line "${columns}", and pass --columns ${mapping}${more}`;
}

const titles = '"artist=track,track=track"';

/** What a log has in front of a play: "2024-01-31 18:05:00 ", "[31.01.2024 18:05] ". */
const dated = /^\s*[[(]?\d+[-./]\d+[-./]\d+[ T]+\d+:\d\d[\d:]*[\])]?\s+\S/;
/** Makes that a column of its own. */
const withBars = "sed -E 's/^ *[[(]?([0-9]+[-.\\/][0-9]+[-.\\/][0-9]+[ T]+[0-9]+:[0-9:]+)[])]? +/\\1|/'";

/** What a tracklist has in front of a play: "1. ", "[04:30] ". */
const numbered = /^\s*[[(]?\d[\d:]*[\])]?[.)]?\s+\S/;
/** Removes that from each line. */
const withoutNumbers = "sed -E 's/^ *[[(]?[0-9][0-9:]*[])]?[.)]? +//'";

/** Explains columns that are missing because an unclosed quote joins them. */
function explainingQuotes<Found>(line: string, where: string, match: () => Found): Found {
  try {
    return match();
  } catch (error) {
    if (!isOfColumns(error) || line.split('"').length % 2 === 1) throw error;
    throw new SegueError(`${where}: a quote (") opens in the header and is not closed on that line`, {
      hint: `close it or remove it; with it the columns are ${quoted(columnNames(line))}`,
      code: "wrong-columns",
    });
  }
}

/** Proposes a header for a file that begins with a play; "…" for columns that cannot be guessed. */
function exampleHeader(cells: readonly string[], delimiter: string): string {
  const first = (test: (cell: string) => boolean) => cells.findIndex(test);
  const date = first((cell) => /\D/.test(cell) && parseTime(cell, "day-first") !== undefined);
  const clock = first(isClockAlone);
  // With other words beside it, a dash may also be one in a title: "Hello - Remastered". A path is no word.
  const words = cells.filter((cell, index) => /^[^/]*\p{L}/u.test(cell) && index !== date && index !== clock);
  const title = first(isTitled);
  const isAlone = words.length === 1;
  const names =
    Math.max(date, clock, title) === -1
      ? ["user_id", "artist", "track", "playlist"].slice(cells.length < 4 ? 1 : 0)
      : cells.map((_, index) =>
          index === date ? "date" : index === clock ? "clock" : isAlone && index === title ? "track" : "…",
        );
  const line = `"${names.join(delimiter).replaceAll("\t", "<tab>")}"`;
  const ofTitles = 'pass --columns "artist=track,track=track"';
  if (isAlone && title !== -1) return `${line}, and ${ofTitles}`;
  if (names.includes("artist")) return line;
  const unless =
    title === -1 ? "" : ` (if "Artist - Title" is in one, only track in its place, and ${ofTitles})`;
  return `${line}, with artist and track in their places${unless}`;
}

/** The first of some lines that names the required columns: reports have a title above their table. */
export function headerBelow(
  lines: readonly Buffer[],
  firstLine: number,
  path: string,
  options: HeaderOptions,
): { readonly header: CsvHeader; readonly index: number } | undefined {
  for (const [index, bytes] of lines.entries()) {
    const isText = isUtf8(bytes);
    const text = bytes.toString(isText ? "utf8" : "latin1");
    // A single word is not a header: without an artist column, the title of a report may be "Song".
    if (columnNames(text).length === 1) continue;
    try {
      const header = readHeader(text, `${path}, line ${firstLine + index}`, options);
      if (!isText) throw notUtf8(path, firstLine + index, bytes);
      return { header, index };
    } catch (error) {
      if (!isOfColumns(error)) throw error;
      if (options.needsTime || options.mapping?.time !== undefined) {
        const { time: _, ...mapping } = options.mapping ?? {};
        // If only the time is missing, this is the header, and its error is the right one.
        if (headerBelow([bytes], firstLine, path, { ...options, mapping, needsTime: false })) throw error;
      }
    }
  }
  return undefined;
}

/** The error for a header that is not UTF-8. */
export function notUtf8(path: string, line: number, header: Buffer): SegueError {
  const text = header.toString("latin1");
  const likely = new LikelyEncoding();
  likely.add(text);
  return new SegueError(
    `${path}, line ${line} is not UTF-8; read as Latin-1, the columns are ${quoted(columnNames(text))}`,
    {
      hint: likely.isMac
        ? fromMac(path)
        : "are the names right? Then pass --encoding latin-1; otherwise save the file as UTF-8",
      exitCode: 2,
      code: "not-utf-8",
    },
  );
}

/** Whether a line is Excel's "sep=;" above a header. It is skipped, since the delimiter is detected. */
export function isSeparatorLine(line: string): boolean {
  return /^"?sep=."?\s*$/i.test(line);
}

/** The names in a header line, split by the delimiter that gives most. */
export function columnNames(line: string): string[] {
  return splitHeader(line, bestDelimiter(line));
}

function bestDelimiter(line: string): string {
  const counts = [",", "\t", ";", "|"].map((d) => ({ d, n: splitHeader(line, d).length }));
  return counts.reduce((best, next) => (next.n > best.n ? next : best)).d;
}

/** More lenient than for rows: surrounding spaces and stray quotes are removed. */
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
      .replace(/^"+|(?<!")"+$/g, "")
      .trim(),
  );
}

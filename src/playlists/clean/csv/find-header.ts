/** Finds the header of a CSV file: its first line, after blank lines and the title of a report. */
import { isUtf8 } from "node:buffer";
import { isOfColumns } from "../columns/match-columns.js";
import {
  type CsvHeader,
  type HeaderOptions,
  headerBelow,
  isSeparatorLine,
  notUtf8,
  readHeader,
} from "./csv-header.js";

/** How many lines of a report's title may be above its header. */
const mostLinesAbove = 20;
const lineFeed = 0x0a;

export interface Beginning {
  /** Undefined if more bytes are needed. */
  readonly header?: CsvHeader;
  /** Its line number, if lines with text are above it. */
  readonly headerLine?: number;
  /** How many bytes were consumed, and the number of the line after them. */
  readonly from: number;
  readonly line: number;
}

/**
 * @param bytes the bytes read so far, from line `line` on
 * @param last whether the file ends with them
 * @throws SegueError if the text is not UTF-8, or there is no header
 */
export function findHeader(
  bytes: Buffer,
  line: number,
  last: boolean,
  path: string,
  options: HeaderOptions,
): Beginning {
  let from = 0;
  for (;;) {
    const end = bytes.indexOf(lineFeed, from);
    if (end === -1 && !last) return { from, line };
    const stop = end === -1 ? bytes.length : end;
    const text = textOf(bytes.subarray(from, stop), line, path);
    from = Math.min(stop + 1, bytes.length);
    if ((text.trim() === "" || isSeparatorLine(text)) && from < bytes.length) {
      line++;
      continue;
    }
    try {
      return { header: readHeader(text, `${path}, line ${line}`, options), from, line: line + 1 };
    } catch (error) {
      if (!isOfColumns(error)) throw error;
      const below = linesOf(bytes.subarray(from), mostLinesAbove);
      const found = headerBelow(below, line + 1, path, options);
      if (found === undefined) throw error;
      for (const { length } of below.slice(0, found.index + 1))
        from = Math.min(from + length + 1, bytes.length);
      const headerLine = line + found.index + 1;
      return { header: found.header, headerLine, from, line: headerLine + 1 };
    }
  }
}

function textOf(bytes: Buffer, line: number, path: string): string {
  if (!isUtf8(bytes)) throw notUtf8(path, line, bytes);
  return bytes.toString();
}

/** The first lines of some bytes, without line feeds. */
function linesOf(bytes: Buffer, most: number): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length && lines.length < most; ) {
    const end = bytes.indexOf(lineFeed, from);
    lines.push(bytes.subarray(from, end === -1 ? bytes.length : end));
    from += lines.at(-1)!.length + 1;
  }
  return lines;
}

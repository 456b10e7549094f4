/**
 * Scans one record of CSV text, byte by byte.
 *
 * The grammar: fields are separated by one delimiter. A field whose first character (after spaces) is a quote extends to the
 * closing quote, across line ends too; inside, `""` stands for a quote. The escape byte, if there is one, makes the next byte
 * literal, inside quotes and outside. A line ends with LF or CR LF. Empty lines are not rows.
 *
 * Some programs end each row with a delimiter: if the first row has one more field than wanted, and it is empty, others may, too.
 *
 * A record over several lines is valid only if it ends properly, with the right number of fields, within 64 KiB.
 */
import type { ByteColumn } from "../../../system/index.js";
import { spareColumn } from "../row-writer.js";
import type { CsvLayout } from "./csv-layout.js";

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const longestRecord = 1 << 16;

// Results of `scan` other than the position after the record.
export const needMore = -1;
export const malformed = -2;
export const blank = -3;

export class CsvRecord {
  // Facts about the last record.
  fields = 0;
  lineEnds = 0;
  /** Whether a field begins or ends with white space. */
  hasBlanks = false;
  /** Why it is malformed: an unclosed quote, text after a closing quote, or the number of fields. */
  problem: "open" | "text" | "fields" = "open";
  /** Whether rows may end with a delimiter; known after the first. In other files a name with a delimiter would be read as two fields. */
  #mayEndTwice: boolean | undefined;
  readonly #layout: CsvLayout;
  readonly #columns: readonly ByteColumn[];

  /** @param columns those of the `RowWriter` that receives the rows */
  constructor(layout: CsvLayout, columns: readonly ByteColumn[]) {
    this.#layout = layout;
    this.#columns = columns;
  }

  /**
   * Scans one record into the columns. Unless the file ends at `end`, the line that begins at `start` must be complete.
   *
   * @param last whether the file ends at `end`
   * @returns the position after it, or one of the results above
   */
  scan(buffer: Buffer, start: number, end: number, last: boolean): number {
    const { delimiter, escape: escapeByte, columns, isUnquoted, mayLackLast } = this.#layout;
    const taking = this.#columns;
    const spare = spareColumn;
    const wanted = columns.length;
    let position = start;
    let fields = 0;
    let lineEnds = 0;
    this.hasBlanks = false;
    if (buffer[position] === lineFeed) return blank;
    if (buffer[position] === carriageReturn && (position + 1 >= end || buffer[position + 1] === lineFeed))
      return blank;
    for (;;) {
      const column = taking[fields < wanted ? columns[fields]! : spare]!;
      const out = column.bytes;
      const begin = column.length;
      let to = begin + 4;
      fields++;
      let first = position;
      while (first < end && buffer[first] === space) first++;
      let byte: number;
      if (!isUnquoted && first < end && buffer[first] === quote) {
        position = first + 1;
        for (;;) {
          if (position >= end) return last ? this.#spoilt("open") : needMore;
          byte = buffer[position]!;
          if (byte === quote) {
            if (position + 1 >= end && !last) return needMore;
            if (position + 1 >= end || buffer[position + 1] !== quote) {
              position++;
              break;
            }
            position++;
          } else if (byte === escapeByte) {
            if (position + 1 >= end) return last ? this.#spoilt("open") : needMore;
            byte = buffer[++position]!;
          }
          if (byte === lineFeed) {
            lineEnds++;
            if (position - start > longestRecord) return this.#spoilt("open");
          }
          out[to++] = byte;
          position++;
        }
      } else {
        for (;;) {
          if (position >= end) {
            if (last) break;
            return needMore;
          }
          byte = buffer[position]!;
          if (byte === delimiter || byte === lineFeed) break;
          if (byte === carriageReturn) {
            if (position + 1 >= end && !last) return needMore;
            if (position + 1 >= end || buffer[position + 1] === lineFeed) break;
          } else if (byte === escapeByte) {
            if (position + 1 >= end && !last) return needMore;
            const escaped = position + 1 < end ? buffer[position + 1]! : lineFeed;
            if (escaped === carriageReturn && position + 2 >= end && !last) return needMore;
            // An escape byte before a line end is literal.
            const atEnd =
              escaped === lineFeed ||
              (escaped === carriageReturn && (position + 2 >= end || buffer[position + 2] === lineFeed));
            if (!atEnd) byte = buffer[++position]!;
          }
          out[to++] = byte;
          position++;
        }
      }
      if (out[begin + 4]! <= space || out[to - 1]! <= space) this.hasBlanks = true;
      const length = to - begin - 4;
      out[begin] = length & 255;
      out[begin + 1] = (length >>> 8) & 255;
      out[begin + 2] = (length >>> 16) & 255;
      out[begin + 3] = length >>> 24;
      column.length = to;
      if (position < end && buffer[position] === delimiter) {
        position++;
        continue;
      }
      // The record must end here.
      this.fields = fields;
      if (position < end && buffer[position] === carriageReturn) {
        if (position + 1 >= end && !last) return needMore;
        position++;
      }
      if (position < end) {
        if (buffer[position] !== lineFeed) return this.#spoilt(lineEnds > 0 ? "open" : "text");
        position++;
      }
      this.lineEnds = lineEnds + 1;
      const isEndedTwice = fields === wanted + 1 && length === 0;
      if (fields === wanted || isEndedTwice) this.#mayEndTwice ??= isEndedTwice;
      if (fields === wanted || (isEndedTwice && this.#mayEndTwice)) return position;
      if (mayLackLast && fields === wanted - 1) return position;
      return this.#spoilt(lineEnds > 0 ? "open" : "fields");
    }
  }

  #spoilt(problem: CsvRecord["problem"]): typeof malformed {
    this.problem = problem;
    return malformed;
  }
}

/**
 * Cuts CSV text into rows, byte by byte. It is written for one aim that the common readers miss: no line is lost. A line
 * that cannot be read is rejected alone, with its number and the reason, and reading goes on with the next line.
 *
 * The grammar: fields are parted by one delimiter; a field whose first character (after spaces) is a quote goes on to the
 * closing quote, over line ends too; inside, `""` stands for a quote. Where there is an escape character, it makes the next
 * byte stand for itself, inside quotes and outside. A line ends with LF or CR LF. Empty lines are no rows.
 *
 * A record that runs over several lines counts only if it ends well, with the right number of fields, within 64 KiB;
 * otherwise its first line alone is rejected as an unclosed quote. So one bad quote costs one line, not the rest of the file.
 * Names come out tidied, as `tidyName` has them.
 */
import { isUtf8 } from "node:buffer";
import { LeadBytes } from "./lead-bytes.js";
import type { RejectReason } from "./rejects.js";
import { clockColumn, fieldNames, type RowWriter, spareColumn, timeColumn } from "./row-writer.js";
import { isSurelyTidy, tidyName } from "./tidy-name.js";
import { withClock } from "./time-of-play.js";
import { notParted, partTitle } from "./titled-play.js";

export interface CsvLayout {
  /** The byte between fields. */
  readonly delimiter: number;
  /** The escape byte, or -1 where there is none. */
  readonly escape: number;
  /** Whether quotes are letters like others, and no field stands in them; by default they are not. */
  readonly isUnquoted?: boolean;
  /** For each field of the file the column of `RowWriter` that takes it. */
  readonly columns: readonly number[];
  /** Whether what the artist's column takes is "Artist - Title", of which the track's takes the second part; by default it is not. */
  readonly isTitled?: boolean;
  /** What every row has for a field that the file has no column for, in the order of `fieldNames`; by default nothing. */
  readonly absent?: readonly Uint8Array[];
}

export interface CsvStart {
  /** The number of the first line, from 1, and of the first row. */
  readonly firstLine: number;
  readonly firstRowId: number;
  /** The time of a play as rows have it; undefined where the text is none. */
  readonly readTime: (text: string, line: number) => string | undefined;
}

/** Told about each row that is not used. `text` holds for the length of the call only. */
export type OnReject = (line: number, reason: RejectReason, detail: string | undefined, text: Buffer) => void;

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const longestRecord = 1 << 16;
const artistColumn = fieldNames.indexOf("artist");
const trackColumn = fieldNames.indexOf("track");

// What `#record` answers where it is not the position after the record.
const needMore = -1;
const malformed = -2;
const blank = -3;

export class CsvScanner {
  /** Rows so far, used and rejected. */
  rows = 0;
  /** The number of the next line, from 1. */
  line: number;
  readonly #layout: CsvLayout;
  readonly #writer: RowWriter;
  readonly #onReject: OnReject;
  readonly #firstRowId: number;
  readonly #timeOf: CsvStart["readTime"];
  readonly #starts: Int32Array;
  readonly #hasTime: boolean;
  readonly #hasClock: boolean;
  // Facts of the record that was scanned last.
  #fields = 0;
  #lineEnds = 0;
  #hasBlanks = false;
  #problem: "open" | "text" | "fields" = "open";

  constructor(
    layout: CsvLayout,
    writer: RowWriter,
    onReject: OnReject,
    { firstLine, firstRowId, readTime }: CsvStart,
  ) {
    this.#layout = layout;
    this.#writer = writer;
    this.#onReject = onReject;
    this.#firstRowId = firstRowId;
    this.#timeOf = readTime;
    this.line = firstLine;
    this.#starts = new Int32Array(writer.columns.length);
    this.#hasTime = layout.columns.includes(timeColumn);
    this.#hasClock = layout.columns.includes(clockColumn);
  }

  /**
   * Reads the records of `buffer[0 … end)` that are complete.
   *
   * @param last whether the file ends at `end`
   * @returns how many bytes are done with; the rest must come again, with more behind it
   */
  scan(buffer: Buffer, end: number, last: boolean): number {
    if (end === 0) return 0;
    const wholeLines = last ? end : buffer.lastIndexOf(lineFeed, end - 1) + 1;
    if (wholeLines === 0) return 0;
    // One quick look over everything spares each record its own.
    const text = buffer.subarray(0, wholeLines);
    const clean = isUtf8(text) && !text.includes(0);
    const leads = new LeadBytes(text);
    this.#writer.reserve(Math.max(end, ...(this.#layout.absent ?? []).map((text) => text.length)));
    let position = 0;
    while (position < wholeLines) {
      for (let column = 0; column < this.#starts.length; column++)
        this.#starts[column] = this.#writer.columns[column]!.length;
      this.#hasBlanks = false;
      let next = this.#record(buffer, position, end, last);
      if (next === needMore) {
        this.#takeBack();
        break;
      }
      if (next === blank) {
        position = Math.min(end, position + (buffer[position] === lineFeed ? 1 : 2));
        this.line++;
        continue;
      }
      if (next === malformed) {
        const found = buffer.indexOf(lineFeed, position);
        next = found === -1 || found >= end ? end : found + 1;
        this.#lineEnds = 1;
        const line = buffer.subarray(position, next);
        if (clean || !this.#rejectBytes(line)) this.#rejectLine(line);
      } else {
        const record = clean ? undefined : buffer.subarray(position, next);
        if (record === undefined || !this.#rejectBytes(record)) {
          if (this.#hasBlanks || leads.next(position) < next) this.#tidy();
          const isParted = !this.#layout.isTitled || this.#partTitle();
          const empty = this.#emptyField();
          const noTime = this.#hasTime && empty === undefined ? this.#readTime() : undefined;
          const whole = () => buffer.subarray(position, next);
          if (empty !== undefined) this.#reject(`empty ${empty}`, undefined, whole());
          else if (!isParted) this.#reject("empty artist", notParted, whole());
          else if (noTime !== undefined) this.#reject("not a time", noTime, whole());
          else this.#writer.commit(this.#firstRowId + this.rows);
        }
      }
      this.rows++;
      this.line += this.#lineEnds;
      position = next;
    }
    return position;
  }

  /** Scans one record into the columns; the position after it, or one of the answers above. */
  #record(buffer: Buffer, start: number, end: number, last: boolean): number {
    const { delimiter, escape: escapeByte, columns, isUnquoted = false } = this.#layout;
    const spare = spareColumn;
    const wanted = columns.length;
    let position = start;
    let fields = 0;
    let lineEnds = 0;
    if (buffer[position] === lineFeed) return blank;
    if (buffer[position] === carriageReturn) {
      if (position + 1 < end ? buffer[position + 1] === lineFeed : last) return blank;
    }
    for (;;) {
      const column = this.#writer.columns[fields < wanted ? columns[fields]! : spare]!;
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
            // Before the end of the line there is nothing to escape: it stands for itself.
            const atEnd =
              escaped === lineFeed ||
              (escaped === carriageReturn && (position + 2 >= end || buffer[position + 2] === lineFeed));
            if (!atEnd) byte = buffer[++position]!;
          }
          out[to++] = byte;
          position++;
        }
      }
      if (out[begin + 4]! <= space || out[to - 1]! <= space) this.#hasBlanks = true;
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
      // The record has to end here.
      this.#fields = fields;
      if (position < end && buffer[position] === carriageReturn) {
        if (position + 1 >= end && !last) return needMore;
        position++;
      }
      if (position < end) {
        if (buffer[position] !== lineFeed) return this.#spoilt(lineEnds > 0 ? "open" : "text");
        position++;
      } else if (!last) return needMore;
      this.#lineEnds = lineEnds + 1;
      return fields === wanted ? position : this.#spoilt(lineEnds > 0 ? "open" : "fields");
    }
  }

  #spoilt(problem: "open" | "text" | "fields"): typeof malformed {
    this.#problem = problem;
    return malformed;
  }

  /** Tidies the names of the last record. */
  #tidy(): void {
    let isTidied = false;
    for (let i = 0; i < fieldNames.length; i++) {
      const column = this.#writer.columns[i]!;
      const start = this.#starts[i]!;
      const from = start + 4;
      if (column.length <= from || isSurelyTidy(column.bytes, from, column.length)) continue;
      const name = this.#textIn(i);
      const tidied = tidyName(name);
      if (tidied === name) continue;
      isTidied = true;
      column.length = start;
      this.#writer.append(i, tidied);
    }
    if (isTidied) this.#writer.tidied++;
  }

  /** Puts the two parts of "Artist - Title" where they belong; whether there are two. */
  #partTitle(): boolean {
    const play = partTitle(this.#textIn(artistColumn));
    if (play === undefined) return false;
    this.#writer.columns[artistColumn]!.length = this.#starts[artistColumn]!;
    this.#writer.append(artistColumn, play.artist);
    this.#writer.append(trackColumn, play.track);
    return true;
  }

  /** The name of a field that holds nothing but white space. */
  #emptyField(): (typeof fieldNames)[number] | undefined {
    for (let i = 0; i < fieldNames.length; i++) {
      const column = this.#writer.columns[i]!;
      let at = this.#starts[i]! + 4;
      // A column that the file does not have stays without bytes; it holds nothing to check.
      if (column.length === this.#starts[i]) {
        this.#appendAbsent(i);
        continue;
      }
      while (at < column.length && column.bytes[at]! <= space) at++;
      if (at === column.length) return fieldNames[i];
    }
    return undefined;
  }

  /** Puts the time in the place of its text; what stands there where it is no time. */
  #readTime(): string | undefined {
    const day = this.#textIn(timeColumn);
    const text = this.#hasClock ? withClock(day, this.#textIn(clockColumn)) : day;
    const time = this.#timeOf(text, this.line);
    if (time === undefined) return JSON.stringify(text.slice(0, 40));
    this.#writer.columns[timeColumn]!.length = this.#starts[timeColumn]!;
    this.#writer.appendTime(time);
    return undefined;
  }

  /** What the last record has in one of the columns. */
  #textIn(index: number): string {
    const { bytes, length } = this.#writer.columns[index]!;
    const from = this.#starts[index]! + 4;
    return Buffer.from(bytes.buffer, bytes.byteOffset + from, length - from).toString();
  }

  #appendAbsent(index: number): void {
    const column = this.#writer.columns[index]!;
    const text = this.#layout.absent?.[index];
    const length = text?.length ?? 0;
    for (let i = 0; i < 4; i++) column.bytes[column.length + i] = (length >>> (8 * i)) & 255;
    if (text !== undefined) column.bytes.set(text, column.length + 4);
    column.length += length + 4;
  }

  #rejectBytes(record: Buffer): boolean {
    const nul = record.indexOf(0);
    if (nul !== -1) {
      this.#reject("NUL byte", `at byte ${nul + 1} of the line`, record);
      return true;
    }
    if (isUtf8(record)) return false;
    this.#reject("not UTF-8", undefined, record);
    return true;
  }

  #rejectLine(line: Buffer): void {
    const { escape: escapeByte, columns } = this.#layout;
    if (this.#problem === "fields") {
      this.#reject("wrong number of fields", `${this.#fields} where ${columns.length} are wanted`, line);
      return;
    }
    let quotes = 0;
    for (let i = 0; i < line.length; i++) {
      if (line[i] === escapeByte) i++;
      else if (line[i] === quote) quotes++;
    }
    const open = this.#problem === "open" || quotes % 2 === 1;
    this.#reject(open ? "unclosed quote" : "text after a closing quote", undefined, line);
  }

  /** Takes what the last record wrote out of the columns again. */
  #takeBack(): void {
    for (let column = 0; column < this.#starts.length; column++)
      this.#writer.columns[column]!.length = this.#starts[column]!;
  }

  #reject(reason: RejectReason, detail: string | undefined, text: Buffer): void {
    this.#takeBack();
    let end = text.length;
    if (text[end - 1] === lineFeed) end--;
    if (text[end - 1] === carriageReturn) end--;
    this.#onReject(this.line, reason, detail, text.subarray(0, end));
  }
}

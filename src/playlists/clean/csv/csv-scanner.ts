/**
 * Reads CSV text into rows. Unlike common readers it loses no line: an invalid line is rejected alone, with its number and the
 * reason, and reading continues with the next line. If a record over several lines does not end properly, its first line is
 * rejected as an unclosed quote. So one bad quote costs one line, not the rest of the file. Names are tidied by `tidyName`.
 */
import { isUtf8 } from "node:buffer";
import { notParted } from "../names/titled-play.js";
import type { RejectReason } from "../rejects.js";
import { type RowWriter, timeColumn } from "../row-writer.js";
import type { CsvLayout } from "./csv-layout.js";
import { blank, CsvRecord, malformed, needMore } from "./csv-record.js";
import { LeadBytes } from "./lead-bytes.js";
import { type ReadTime, ScannedRow } from "./scanned-row.js";

export interface CsvStart {
  /** The number of the first line, from 1, and of the first row. */
  readonly firstLine: number;
  readonly firstRowId: number;
  readonly readTime: ReadTime;
}

/** Receives each rejected row. `text` is valid only during the call. */
export type OnReject = (line: number, reason: RejectReason, detail: string | undefined, text: Buffer) => void;

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

export class CsvScanner {
  /** Rows so far, used and rejected. */
  rows = 0;
  /** The number of the next line, from 1. */
  line: number;
  readonly #layout: CsvLayout;
  readonly #writer: RowWriter;
  readonly #onReject: OnReject;
  readonly #firstRowId: number;
  readonly #hasTime: boolean;
  readonly #record: CsvRecord;
  readonly #row: ScannedRow;

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
    this.line = firstLine;
    this.#hasTime = layout.columns.includes(timeColumn);
    this.#record = new CsvRecord(layout, writer.columns);
    this.#row = new ScannedRow(layout, writer, readTime);
  }

  /**
   * Reads the complete records in `buffer[0 … end)`.
   *
   * @param last whether the file ends at `end`
   * @returns how many bytes were consumed; the rest must be passed again, with more after it
   */
  scan(buffer: Buffer, end: number, last: boolean): number {
    if (end === 0) return 0;
    const wholeLines = last ? end : buffer.lastIndexOf(lineFeed, end - 1) + 1;
    if (wholeLines === 0) return 0;
    // One fast check of the whole text usually saves checking each record.
    const text = buffer.subarray(0, wholeLines);
    const clean = isUtf8(text) && !text.includes(0);
    const leads = new LeadBytes(text);
    const scanned = this.#record;
    const row = this.#row;
    this.#writer.reserve(Math.max(end, ...(this.#layout.absent ?? []).map((text) => text.length)));
    let position = 0;
    while (position < wholeLines) {
      row.begin();
      let next = scanned.scan(buffer, position, end, last);
      if (next === needMore) {
        row.takeBack();
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
        scanned.lineEnds = 1;
        const line = buffer.subarray(position, next);
        if (clean || !this.#rejectBytes(line)) this.#rejectLine(line);
      } else {
        const record = clean ? undefined : buffer.subarray(position, next);
        if (record === undefined || !this.#rejectBytes(record)) {
          const isTidied = (scanned.hasBlanks || leads.next(position) < next) && row.tidy();
          const isParted = !this.#layout.isTitled || row.partTitle();
          const empty = row.emptyField();
          const noTime = this.#hasTime && empty === undefined ? row.readTime(this.line) : undefined;
          const whole = () => buffer.subarray(position, next);
          if (empty !== undefined) this.#reject(`empty ${empty}`, undefined, whole());
          else if (!isParted) this.#reject("empty artist", notParted, whole());
          else if (noTime !== undefined) this.#reject("not a time", noTime, whole());
          else {
            if (isTidied) this.#writer.tidied++;
            this.#writer.commit(this.#firstRowId + this.rows);
          }
        }
      }
      this.rows++;
      this.line += scanned.lineEnds;
      position = next;
    }
    return position;
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
    if (this.#record.problem === "fields") {
      this.#reject("wrong number of fields", `${this.#record.fields} instead of ${columns.length}`, line);
      return;
    }
    let quotes = 0;
    for (let i = 0; i < line.length; i++) {
      if (line[i] === escapeByte) i++;
      else if (line[i] === quote) quotes++;
    }
    const open = this.#record.problem === "open" || quotes % 2 === 1;
    this.#reject(open ? "unclosed quote" : "text after a closing quote", undefined, line);
  }

  #reject(reason: RejectReason, detail: string | undefined, text: Buffer): void {
    this.#row.takeBack();
    let end = text.length;
    if (text[end - 1] === lineFeed) end--;
    if (text[end - 1] === carriageReturn) end--;
    this.#onReject(this.line, reason, detail, text.subarray(0, end));
  }
}

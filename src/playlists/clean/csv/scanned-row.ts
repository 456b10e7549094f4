/** The last scanned row, in the columns of its writer: converts and validates its fields. */
import { isSurelyTidy, tidyName } from "../names/tidy-name.js";
import { partTitle } from "../names/titled-play.js";
import { clockColumn, fieldNames, type RowWriter, timeColumn } from "../row-writer.js";
import { withClock } from "../times/time-of-play.js";
import type { CsvLayout } from "./csv-layout.js";

/** The time of a play in the form of rows; undefined if the text is not a time. */
export type ReadTime = (text: string, line: number) => string | undefined;

const space = 0x20;
const artistColumn = fieldNames.indexOf("artist");
const trackColumn = fieldNames.indexOf("track");

export class ScannedRow {
  readonly #writer: RowWriter;
  readonly #absent: CsvLayout["absent"];
  readonly #timeOf: ReadTime;
  readonly #hasClock: boolean;
  /** Where the row begins in each column. */
  readonly #starts: Int32Array;

  constructor({ absent, columns }: CsvLayout, writer: RowWriter, readTime: ReadTime) {
    this.#writer = writer;
    this.#absent = absent;
    this.#timeOf = readTime;
    this.#hasClock = columns.includes(clockColumn);
    this.#starts = new Int32Array(writer.columns.length);
  }

  /** Starts a row: what is written to the columns from now on. */
  begin(): void {
    for (let column = 0; column < this.#starts.length; column++)
      this.#starts[column] = this.#writer.columns[column]!.length;
  }

  /** Removes the row from the columns. */
  takeBack(): void {
    for (let column = 0; column < this.#starts.length; column++)
      this.#writer.columns[column]!.length = this.#starts[column]!;
  }

  /** Tidies the names; returns whether that changed any. */
  tidy(): boolean {
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
    return isTidied;
  }

  /** Splits "Artist - Title" into its two columns; returns false if it has no two parts. */
  partTitle(): boolean {
    const play = partTitle(this.#textIn(artistColumn));
    if (play === undefined) return false;
    this.#writer.columns[artistColumn]!.length = this.#starts[artistColumn]!;
    this.#writer.append(artistColumn, play.artist);
    this.#writer.append(trackColumn, play.track);
    return true;
  }

  /** The first field that is empty or white space, if any. Fills in fields without a column. */
  emptyField(): (typeof fieldNames)[number] | undefined {
    for (let i = 0; i < fieldNames.length; i++) {
      const column = this.#writer.columns[i]!;
      let at = this.#starts[i]! + 4;
      // A field without a column has no bytes yet.
      if (column.length === this.#starts[i]) {
        this.#appendAbsent(i);
        continue;
      }
      while (at < column.length && column.bytes[at]! <= space) at++;
      if (at === column.length) return fieldNames[i];
    }
    return undefined;
  }

  /** Replaces the text of the time by the time; returns the text, quoted, if it is not a time. */
  readTime(line: number): string | undefined {
    const day = this.#textIn(timeColumn);
    const text = this.#hasClock ? withClock(day, this.#textIn(clockColumn)) : day;
    const time = this.#timeOf(text, line);
    if (time === undefined) return JSON.stringify(text.slice(0, 40));
    this.#writer.columns[timeColumn]!.length = this.#starts[timeColumn]!;
    this.#writer.appendTime(time);
    return undefined;
  }

  /** The row's text in a column. */
  #textIn(index: number): string {
    const { bytes, length } = this.#writer.columns[index]!;
    const from = this.#starts[index]! + 4;
    return Buffer.from(bytes.buffer, bytes.byteOffset + from, length - from).toString();
  }

  #appendAbsent(index: number): void {
    const column = this.#writer.columns[index]!;
    const text = this.#absent?.[index];
    const length = text?.length ?? 0;
    for (let i = 0; i < 4; i++) column.bytes[column.length + i] = (length >>> (8 * i)) & 255;
    if (text !== undefined) column.bytes.set(text, column.length + 4);
    column.length += length + 4;
  }
}

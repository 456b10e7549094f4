/** The row that was scanned last, in the columns of its writer: what is made of its text, and what is wrong with it. */
import type { CsvLayout } from "./csv-layout.js";
import { clockColumn, fieldNames, type RowWriter, timeColumn } from "./row-writer.js";
import { isSurelyTidy, tidyName } from "./tidy-name.js";
import { withClock } from "./time-of-play.js";
import { partTitle } from "./titled-play.js";

/** The time of a play as rows have it; undefined where the text is none. */
export type ReadTime = (text: string, line: number) => string | undefined;

const space = 0x20;
const artistColumn = fieldNames.indexOf("artist");
const trackColumn = fieldNames.indexOf("track");

export class ScannedRow {
  readonly #writer: RowWriter;
  readonly #absent: CsvLayout["absent"];
  readonly #timeOf: ReadTime;
  readonly #hasClock: boolean;
  /** Where it begins in each column. */
  readonly #starts: Int32Array;

  constructor({ absent, columns }: CsvLayout, writer: RowWriter, readTime: ReadTime) {
    this.#writer = writer;
    this.#absent = absent;
    this.#timeOf = readTime;
    this.#hasClock = columns.includes(clockColumn);
    this.#starts = new Int32Array(writer.columns.length);
  }

  /** What is written to the columns from here on is the row. */
  begin(): void {
    for (let column = 0; column < this.#starts.length; column++)
      this.#starts[column] = this.#writer.columns[column]!.length;
  }

  /** Takes it out of the columns again. */
  takeBack(): void {
    for (let column = 0; column < this.#starts.length; column++)
      this.#writer.columns[column]!.length = this.#starts[column]!;
  }

  /** Tidies its names. */
  tidy(): void {
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
  partTitle(): boolean {
    const play = partTitle(this.#textIn(artistColumn));
    if (play === undefined) return false;
    this.#writer.columns[artistColumn]!.length = this.#starts[artistColumn]!;
    this.#writer.append(artistColumn, play.artist);
    this.#writer.append(trackColumn, play.track);
    return true;
  }

  /** The name of a field that holds nothing but white space. */
  emptyField(): (typeof fieldNames)[number] | undefined {
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
  readTime(line: number): string | undefined {
    const day = this.#textIn(timeColumn);
    const text = this.#hasClock ? withClock(day, this.#textIn(clockColumn)) : day;
    const time = this.#timeOf(text, line);
    if (time === undefined) return JSON.stringify(text.slice(0, 40));
    this.#writer.columns[timeColumn]!.length = this.#starts[timeColumn]!;
    this.#writer.appendTime(time);
    return undefined;
  }

  /** What it has in one of the columns. */
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

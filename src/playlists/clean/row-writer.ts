/** Where accepted rows go: columns of text in memory, written out as Parquet row groups. */
import { ByteColumn, ParquetWriter } from "../../system/index.js";

import { tidyName } from "./tidy-name.js";

/** The fields of a row, in the order of `RowWriter.columns`. */
export const fieldNames = ["user_id", "artist", "track", "playlist"] as const;
export type FieldName = (typeof fieldNames)[number];

/** Which of `RowWriter.columns` takes bytes that are thrown away: fields that nobody asked for. */
export const spareColumn = fieldNames.length;
/** Which of them takes the time of the play, as `PlayTimes` has it. */
export const timeColumn = fieldNames.length + 1;
/** Which of them takes the clock of a time whose day stands in another column, until both are one time. */
export const clockColumn = fieldNames.length + 2;

/** DuckDB's own row group size, so that it can read one group a thread. */
const rowsPerGroup = 122_880;
const bytesPerGroup = 1 << 24;

export class RowWriter {
  /** user_id, artist, track, playlist, the spare one, the time, and its clock. */
  readonly columns: readonly ByteColumn[] = Array.from({ length: clockColumn + 1 }, () => new ByteColumn());
  /** How many of the rows so far were written with names other than those that stand in the file; see `tidyName`. */
  tidied = 0;
  readonly #texts: readonly ByteColumn[];
  /** Those that a row may be written to. */
  readonly #taking: readonly ByteColumn[];
  readonly #rowIds = new BigInt64Array(rowsPerGroup);
  readonly #file: ParquetWriter;
  #rows = 0;

  /** @param withTime whether every row has a time, too */
  constructor(path: string, withTime = false) {
    const time = this.columns[timeColumn]!;
    this.#texts = [...this.columns.slice(0, fieldNames.length), ...(withTime ? [time] : [])];
    const passing = [this.columns[spareColumn]!, ...(withTime ? [this.columns[clockColumn]!] : [])];
    this.#taking = [...this.#texts, ...passing];
    this.#file = new ParquetWriter(path, ["row_id", ...fieldNames, ...(withTime ? ["time"] : [])]);
  }

  /** Makes room for one row whose text has at most `bytes` bytes. */
  reserve(bytes: number): void {
    for (const column of this.#taking) column.reserve(bytes + bytesPerGroup + 4);
  }

  /** Takes what was appended to the columns since the last call as one row. */
  commit(rowId: number): void {
    this.#rowIds[this.#rows++] = BigInt(rowId);
    this.columns[spareColumn]!.length = 0;
    this.columns[clockColumn]!.length = 0;
    if (this.#rows === rowsPerGroup || this.#texts.some((column) => column.length >= bytesPerGroup))
      this.#flush();
  }

  /** Adds a row of strings, with its time where rows have one. */
  add(rowId: number, fields: readonly [string, string, string, string], time?: string): void {
    for (let i = 0; i < fields.length; i++) this.append(i, fields[i]!);
    if (time !== undefined) this.appendTime(time);
    this.commit(rowId);
  }

  /** The same, with its names tidied. */
  addTidied(rowId: number, fields: readonly [string, string, string, string], time?: string): void {
    const names = fields.map(tidyName) as [string, string, string, string];
    if (names.some((name, i) => name !== fields[i])) this.tidied++;
    this.add(rowId, names, time);
  }

  /** Appends the time of the row that is being written. */
  appendTime(time: string): void {
    this.append(timeColumn, time);
  }

  /** Appends the text of the row that is being written to one of its columns. */
  append(index: number, text: string): void {
    const column = this.columns[index]!;
    column.reserve(text.length * 3 + 4);
    const view = Buffer.from(column.bytes.buffer, column.bytes.byteOffset, column.bytes.length);
    const written = view.write(text, column.length + 4, "utf8");
    view.writeUInt32LE(written, column.length);
    column.length += written + 4;
  }

  close(): void {
    this.#flush();
    this.#file.close();
  }

  abandon(): void {
    this.#file.abandon();
  }

  #flush(): void {
    if (this.#rows === 0) return;
    this.#file.writeGroup(this.#rows, this.#rowIds, this.#texts);
    this.#rows = 0;
    for (const column of this.columns) column.length = 0;
  }
}

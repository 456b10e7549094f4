/** Collects accepted rows in columns of text, and writes them as Parquet row groups. */
import { ByteColumn, ParquetWriter } from "../../system/index.js";

import { tidyName } from "./names/tidy-name.js";

/** The fields of a row, in the order of `RowWriter.columns`. */
export const fieldNames = ["user_id", "artist", "track", "playlist"] as const;
export type FieldName = (typeof fieldNames)[number];

/** The index in `RowWriter.columns` of the column for unused fields, whose bytes are discarded. */
export const spareColumn = fieldNames.length;
/** The index of the column for the time of the play, in the form of `PlayTimes.read`. */
export const timeColumn = fieldNames.length + 1;
/** The index of the column for the clock of a time whose day is in another column, until they are joined. */
export const clockColumn = fieldNames.length + 2;

/** DuckDB's own row group size, so that each thread can read one group. */
const rowsPerGroup = 122_880;
const bytesPerGroup = 1 << 24;

export class RowWriter {
  /** user_id, artist, track, playlist, the spare one, the time, and its clock. */
  readonly columns: readonly ByteColumn[] = Array.from({ length: clockColumn + 1 }, () => new ByteColumn());
  /** How many rows so far had names changed by `tidyName`. */
  tidied = 0;
  readonly #texts: readonly ByteColumn[];
  /** The columns that a row may be written to. */
  readonly #taking: readonly ByteColumn[];
  readonly #rowIds = new BigInt64Array(rowsPerGroup);
  readonly #file: ParquetWriter;
  #rows = 0;

  /** @param withTime whether every row has a time; default: false */
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

  /** Completes a row: what was appended to the columns since the last call. @param isTidied whether its names were changed; default: false */
  commit(rowId: number, isTidied = false): void {
    if (isTidied) this.tidied++;
    this.#rowIds[this.#rows++] = BigInt(rowId);
    this.columns[spareColumn]!.length = 0;
    this.columns[clockColumn]!.length = 0;
    if (this.#rows === rowsPerGroup || this.#texts.some((column) => column.length >= bytesPerGroup))
      this.#flush();
  }

  /** Adds a row of strings, with its time if rows have one. */
  add(rowId: number, fields: readonly [string, string, string, string], time?: string): void {
    for (let i = 0; i < fields.length; i++) this.append(i, fields[i]!);
    if (time !== undefined) this.appendTime(time);
    this.commit(rowId);
  }

  /** Like `add`, with tidied names. */
  addTidied(rowId: number, fields: readonly [string, string, string, string], time?: string): void {
    const names = fields.map(tidyName) as [string, string, string, string];
    if (names.some((name, i) => name !== fields[i])) this.tidied++;
    this.add(rowId, names, time);
  }

  /** Appends the time of the current row. */
  appendTime(time: string): void {
    this.append(timeColumn, time);
  }

  /** Appends a field of the current row to one of the columns. */
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

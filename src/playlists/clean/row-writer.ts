/** Where accepted rows go: four text columns in memory, written out as Parquet row groups. */
import { ByteColumn, ParquetWriter } from "../../system/index.js";

/** The fields of a row, in the order of `RowWriter.columns`. */
export const fieldNames = ["user_id", "artist", "track", "playlist"] as const;
export type FieldName = (typeof fieldNames)[number];

/** DuckDB's own row group size, so that it can read one group a thread. */
const rowsPerGroup = 122_880;
const bytesPerGroup = 1 << 24;

export class RowWriter {
  /** user_id, artist, track, playlist, and one whose bytes are thrown away (fields that nobody asked for). */
  readonly columns: readonly ByteColumn[] = fieldNames.map(() => new ByteColumn()).concat(new ByteColumn());
  readonly #texts = this.columns.slice(0, fieldNames.length);
  readonly #rowIds = new BigInt64Array(rowsPerGroup);
  readonly #file: ParquetWriter;
  #rows = 0;

  constructor(path: string) {
    this.#file = new ParquetWriter(path, ["row_id", ...fieldNames]);
  }

  /** Makes room for one row whose text has at most `bytes` bytes. */
  reserve(bytes: number): void {
    for (const column of this.columns) column.reserve(bytes + bytesPerGroup + 4);
  }

  /** Takes what was appended to the columns since the last call as one row. */
  commit(rowId: number): void {
    this.#rowIds[this.#rows++] = BigInt(rowId);
    this.columns[fieldNames.length]!.length = 0;
    if (this.#rows === rowsPerGroup || this.#texts.some((column) => column.length >= bytesPerGroup))
      this.#flush();
  }

  /** Adds a row of strings. */
  add(rowId: number, fields: readonly [string, string, string, string]): void {
    for (let i = 0; i < fields.length; i++) {
      const column = this.#texts[i]!;
      const text = fields[i]!;
      column.reserve(text.length * 3 + 4);
      const view = Buffer.from(column.bytes.buffer, column.bytes.byteOffset, column.bytes.length);
      const written = view.write(text, column.length + 4, "utf8");
      view.writeUInt32LE(written, column.length);
      column.length += written + 4;
    }
    this.commit(rowId);
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

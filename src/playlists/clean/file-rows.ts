/** The rows of one file: numbers all of them, and passes used ones to the writer, others to the rejects. */
import type { RejectReason, Rejects } from "./rejects.js";
import type { RowWriter } from "./row-writer.js";

type Fields = Parameters<RowWriter["add"]>[1];

export class FileRows {
  /** Rows so far, used and rejected. */
  count = 0;
  /** The current line (or entry) in the file, from 1, for the rejects. */
  line = 0;
  /** The number of playlists without a name. */
  unnamed = 0;
  /** A line for the output about the file. */
  note: string | undefined;
  readonly #path: string;
  readonly #firstRowId: number;
  readonly #writer: RowWriter;
  readonly #rejects: Rejects;

  constructor(path: string, firstRowId: number, writer: RowWriter, rejects: Rejects) {
    this.#path = path;
    this.#firstRowId = firstRowId;
    this.#writer = writer;
    this.#rejects = rejects;
  }

  /** Adds a row, see `RowWriter.add`. */
  add(fields: Fields, time?: string): void {
    this.#writer.add(this.#firstRowId + this.count++, fields, time);
  }

  /** Like `add`, with tidied names. */
  addTidied(fields: Fields, time?: string): void {
    this.#writer.addTidied(this.#firstRowId + this.count++, fields, time);
  }

  /** Rejects the row of the current line. @param remedy see `Rejects.add` */
  reject(reason: RejectReason, detail: string | undefined, text: string, remedy?: string): void {
    this.#rejects.add({ file: this.#path, line: this.line, reason, detail, text }, remedy);
    this.count++;
  }
}

/** What reading the inputs of a cleaning has come to, file by file. */
import type { CleanedFile } from "./clean-playlists.js";
import type { CsvHeader } from "./csv-header.js";
import { fileNames } from "./file-playlists.js";
import { fieldNames } from "./row-writer.js";

/** What came of reading the inputs. */
export interface InputsRead {
  readonly files: CleanedFile[];
  /** The Parquet files that hold the rows, in the order of the inputs. */
  readonly parts: readonly string[];
  /** Rows whose names were tidied, and playlists that have no name. */
  readonly tidied: number;
  readonly unnamed: number;
  /** What else there is to say of a file, a line each: lists in it that are no playlists. */
  readonly remarks: readonly string[];
}

/** What a reader tells of a file. */
interface FileRead extends Partial<Pick<CsvHeader, "held" | "spareTime">> {
  readonly rows: number;
  /** Playlists that have no name. */
  readonly unnamed?: number;
  /** What else there is to say of the file. */
  readonly note?: string | undefined;
}

/** Adds up what is read of one file after the other. */
export class InputsTally {
  /** The number of the next row. */
  rowId = 0;
  unnamed = 0;
  readonly files: CleanedFile[] = [];
  readonly remarks: string[] = [];
  readonly #names: ReadonlyMap<string, string>;

  constructor(paths: readonly string[]) {
    this.#names = fileNames(paths);
  }

  /** What a file's playlist is called, where the file is one. */
  nameOf(path: string): string {
    return this.#names.get(path)!;
  }

  add(path: string, { rows, held, spareTime, unnamed = 0, note }: FileRead): void {
    this.rowId += rows;
    this.unnamed += unnamed;
    if (note !== undefined) this.remarks.push(note);
    const playlistColumn = held?.[fieldNames.indexOf("playlist")];
    const isPlaylist = held !== undefined && playlistColumn === undefined;
    const ofEachUser = held?.[fieldNames.indexOf("user_id")] !== undefined;
    this.files.push({
      path,
      rows,
      ...(isPlaylist && { playlist: { name: this.nameOf(path), ofEachUser } }),
      ...(playlistColumn !== undefined && { playlistColumn }),
      ...(spareTime !== undefined && { spareTime }),
    });
  }
}

/** What to say of them, a line each. */
export function notesOn({ tidied, unnamed, remarks }: InputsRead): string[] {
  const are = (count: number, what: string) => `${count} ${count === 1 ? `${what} has` : `${what}s have`}`;
  return [
    ...remarks,
    ...(unnamed > 0 ? [`${are(unnamed, "playlist")} no name: the pid stands for it`] : []),
    ...(tidied > 0
      ? [`${are(tidied, "row")} names with surrounding spaces or decomposed accents; these were normalised`]
      : []),
  ];
}

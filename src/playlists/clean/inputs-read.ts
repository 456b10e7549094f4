/** The results of reading the inputs, file by file. */
import type { CleanedFile } from "./clean-playlists.js";
import type { CsvHeader } from "./csv/csv-header.js";
import { fileNames } from "./inputs/file-playlists.js";
import { fieldNames } from "./row-writer.js";

/** The results for all inputs. */
export interface InputsRead {
  readonly files: CleanedFile[];
  /** The Parquet files that hold the rows, in the order of the inputs. */
  readonly parts: readonly string[];
  /** Numbers of rows whose names were tidied, and of playlists without a name. */
  readonly tidied: number;
  readonly unnamed: number;
  /** Other lines about the files, such as lists that are not playlists. */
  readonly remarks: readonly string[];
}

/** A reader's result for one file. */
interface FileRead extends Partial<Pick<CsvHeader, "held" | "spareTime">> {
  readonly rows: number;
  /** The number of playlists without a name. */
  readonly unnamed?: number;
  /** Another line about the file. */
  readonly note?: string | undefined;
}

/** Adds up the results of the files. */
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

  /** The name of the playlist if the file is one. */
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
      playlist: isPlaylist ? { name: this.nameOf(path), ofEachUser } : undefined,
      playlistColumn,
      spareTime,
    });
  }
}

/** Lines for the output. */
export function notesOn({ tidied, unnamed, remarks }: InputsRead): string[] {
  const are = (count: number, what: string) => `${count} ${count === 1 ? `${what} has` : `${what}s have`}`;
  return [
    ...remarks,
    ...(unnamed > 0 ? [`${are(unnamed, "playlist")} no name: the pid is used instead`] : []),
    ...(tidied > 0
      ? [`${are(tidied, "row")} names with surrounding spaces or decomposed accents; these were normalised`]
      : []),
  ];
}

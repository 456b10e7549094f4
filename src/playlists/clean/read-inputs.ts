/** Reads the files of a cleaning, each by the reader of its form, into parts that hold the accepted rows. */
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Database, misuse, SegueError, silent, throttled } from "../../system/index.js";
import type { CleanedFile, CleanOptions } from "./clean-playlists.js";
import { fileName } from "./column-mapping.js";
import type { CsvHeader } from "./csv-header.js";
import { fileNames } from "./file-playlists.js";
import { detectForm, formTitles, type InputForm, inputForms, isJsonLines } from "./forms.js";
import type { InputFile } from "./input-files.js";
import type { PlayTimes } from "./play-times.js";
import { readCsv } from "./read-csv.js";
import { readJson, withoutTimes } from "./read-json.js";
import { readM3u } from "./read-m3u.js";
import { readMpdSlice } from "./read-mpd.js";
import { readParquetRows } from "./read-parquet.js";
import { readPls } from "./read-pls.js";
import { readSequenceRows } from "./read-sequences.js";
import type { Rejects } from "./rejects.js";
import { fieldNames, RowWriter } from "./row-writer.js";
import type { TextSource } from "./text-source.js";
import type { LibraryRead } from "./xml/library.js";
import { readItunes } from "./xml/read-itunes.js";
import { readRekordbox } from "./xml/read-rekordbox.js";
import { readTraktor } from "./xml/read-traktor.js";
import { readXspf } from "./xml/read-xspf.js";
import { memberStream } from "./zip-archive.js";

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

/** What to say of them, a line each. */
export function notesOn({ tidied, unnamed, remarks }: InputsRead): string[] {
  const are = (count: number, what: string) => `${count} ${count === 1 ? `${what} has` : `${what}s have`}`;
  return [
    ...remarks,
    ...(unnamed > 0 ? [`${are(unnamed, "playlist")} no name: the pid stands for it`] : []),
    ...(tidied > 0
      ? [
          `${are(tidied, "row")} names with blanks around them or accents apart from their letters: they were tidied, so that they compare`,
        ]
      : []),
  ];
}

/**
 * Reads files of one form, in their order: rows into Parquet files in the folder `scratch`, and what cannot be used into `rejects`.
 *
 * @throws SegueError where a file is damaged, or has other columns than it should
 */
export async function readInputs(
  scratch: string,
  database: Database,
  files: readonly InputFile[],
  form: InputForm,
  options: CleanOptions,
  times: PlayTimes,
  rejects: Rejects,
): Promise<InputsRead> {
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  const progress = throttled(options.progress ?? silent);
  const read: CleanedFile[] = [];
  const parts: string[] = [];
  let tidied = 0;
  let unnamed = 0;
  const remarks: string[] = [];
  const names = fileNames(files.map((file) => file.path));
  const take = (path: string, rows: number, held?: ReadonlyArray<string | undefined>, spareTime?: string) => {
    rowId += rows;
    const playlistColumn = held?.[fieldNames.indexOf("playlist")];
    const isPlaylist = held !== undefined && playlistColumn === undefined;
    const ofEachUser = held?.[fieldNames.indexOf("user_id")] !== undefined;
    read.push({
      path,
      rows,
      ...(isPlaylist && { playlist: { name: names.get(path)!, ofEachUser } }),
      ...(playlistColumn !== undefined && { playlistColumn }),
      ...(spareTime !== undefined && { spareTime }),
    });
  };
  let done = 0;
  let rowId = 0;
  const onBytes = (bytes: number) => {
    done += bytes;
    progress({ task: "reading", done, total, unit: "bytes" });
  };
  const needsTime = Boolean(options.sessionGap);
  const part = () => {
    parts.push(join(scratch, `part-${parts.length}.parquet`));
    return parts.at(-1)!;
  };
  if (form === "parquet") {
    const { mapping } = options;
    for (const { path, bytes, member } of files) {
      const playlist = names.get(path)!;
      // Its columns are found from its end, so one in an archive lies here while it is read.
      const unpacked = member && join(scratch, `unpacked-${parts.length}.parquet`);
      if (unpacked !== undefined)
        await pipeline(await memberStream(member!), createWriteStream(unpacked), { signal: options.signal });
      const { rows, held, spareTime, ...counted } = await readParquetRows(
        database,
        { path, stored: unpacked ?? path },
        { mapping, playlist, firstRowId: rowId, part: part(), needsTime, times },
        rejects,
      );
      if (unpacked !== undefined) await rm(unpacked);
      tidied += counted.tidied;
      take(path, rows, held, spareTime);
      onBytes(bytes);
    }
    return { files: read, parts, tidied, unnamed, remarks };
  }
  const writer = new RowWriter(part(), hasTimes(options));
  const headed: string[] = [];
  try {
    let first: Held | undefined;
    for (const { path, member } of files) {
      options.signal?.throwIfAborted();
      const { encoding = "utf-8", signal } = options;
      const source = { path, ...(member && { member }), encoding, onBytes, signal };
      if (form === "csv") {
        const playlist = names.get(path)!;
        const { rows, held, spareTime, headerLine } = await readCsv(
          source,
          { ...options, playlist, needsTime, times },
          rowId,
          writer,
          rejects,
        );
        if (headerLine !== undefined) headed.push(`${path}, line ${headerLine}`);
        first ??= { path, held };
        requireSameFields(first, { path, held });
        take(path, rows, held, spareTime);
      } else if (form === "json") {
        const isLines = await isJsonLines(source);
        const playlist = names.get(path)!;
        const { rows, held, spareTime } = await readJson(
          source,
          { ...options, playlist, isLines, needsTime, times },
          rowId,
          writer,
          rejects,
        );
        take(path, rows, held, spareTime);
      } else {
        if (hasTimes(options)) throw withoutTimes(path);
        if (namesColumns(options)) throw withoutColumns(path, form);
        const counted = await playlistReaders[form](source, names.get(path)!, rowId, writer, rejects);
        unnamed += counted.unnamed ?? 0;
        if (counted.note !== undefined) remarks.push(counted.note);
        take(path, counted.rows);
      }
    }
    writer.close();
    if (headed.length > 0) remarks.push(headedRemark(headed));
    return { files: read, parts, tidied: writer.tidied, unnamed, remarks };
  } catch (error) {
    writer.abandon();
    throw error;
  }
}

/** @param headed where the headers are that stand below other lines */
const headedRemark = ([first, ...more]: readonly string[]) =>
  `the columns are named in ${first}${more.length === 0 ? "" : `, and so in ${more.length} other ${more.length === 1 ? "file" : "files"}`}: what stands above is left out`;

/** Reads a file of playlists, whose tracks have their order and no times. */
type PlaylistReader = (
  source: TextSource,
  playlist: string,
  firstRowId: number,
  writer: RowWriter,
  rejects: Rejects,
) => Promise<{ readonly unnamed?: number } & LibraryRead>;

/** One that needs not be told what the file's playlist is called, since the names stand in the file. */
const named =
  (
    read: (source: TextSource, ...rest: [number, RowWriter, Rejects]) => ReturnType<PlaylistReader>,
  ): PlaylistReader =>
  (source, _, ...rest) =>
    read(source, ...rest);

const playlistReaders: Readonly<Record<Exclude<InputForm, "csv" | "json" | "parquet">, PlaylistReader>> = {
  mpd: named(readMpdSlice),
  sequences: named(readSequenceRows),
  m3u: readM3u,
  pls: readPls,
  xspf: readXspf,
  itunes: named(readItunes),
  rekordbox: named(readRekordbox),
  traktor: named(readTraktor),
};

interface Held {
  readonly path: string;
  readonly held: CsvHeader["held"];
}

/**
 * Columns may have other names in each file, if they hold the same fields: half a table without users would be half a table whose
 * playlists have other ids.
 */
function requireSameFields(first: Held, other: Held): void {
  const odd = fieldNames.findIndex((_, i) => (first.held[i] === undefined) !== (other.held[i] === undefined));
  if (odd === -1) return;
  const [lacking, having] = first.held[odd] === undefined ? [first, other] : [other, first];
  throw new SegueError(
    `${lacking.path} has no column for the ${fieldNames[odd]}, but ${having.path} has: "${having.held[odd]}"`,
    {
      hint: `if a column of its own holds that, call it "${having.held[odd]}" there, too; else ${byThemselves}`,
      code: "different-forms",
    },
  );
}

/** How files of different forms come to one master table. */
const byThemselves =
  "clean each form by itself, segue run intermediate --input FILES --data FOLDER, and then give all of their FOLDER/02_processed/master_playlists.parquet as --input";

/** Whether plays are put in the order of their times. */
export const hasTimes = ({ mapping, sessionGap }: CleanOptions) =>
  mapping?.time !== undefined || Boolean(sessionGap);

/** Whether a mapping names any column: where each file is a playlist, the file's name stands for one. */
const namesColumns = ({ mapping = {} }: CleanOptions) =>
  Object.values(mapping).some((column) => column !== fileName);

const withoutColumns = (path: string, form: InputForm): SegueError =>
  misuse(
    `${path} is ${formTitles[form]}, and has no columns that --columns could name`,
    "leave out --columns",
  );

/** @throws SegueError where files are of two forms, or of another than was said */
export async function commonForm(
  files: readonly InputFile[],
  format: "auto" | InputForm,
): Promise<InputForm> {
  if (format !== "auto" && !inputForms.includes(format))
    throw misuse(`there is no format "${format}"`, `the formats are auto, ${inputForms.join(", ")}`);
  const forms: InputForm[] = [];
  // One by one: no more files can be open at once than the system lets a process have.
  for (const file of files) forms.push(await detectForm(file));
  const wanted = format === "auto" ? forms[0]! : format;
  const odd = forms.findIndex((form) => form !== wanted);
  if (odd !== -1)
    throw new SegueError(
      format === "auto"
        ? `${files[odd]!.path} is ${formTitles[forms[odd]!]}, but ${files[0]!.path} is ${formTitles[wanted]}`
        : `${files[odd]!.path} is ${formTitles[forms[odd]!]}, not ${formTitles[wanted]}`,
      {
        hint: byThemselves,
        code: "different-forms",
      },
    );
  return wanted;
}

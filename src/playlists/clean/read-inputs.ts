/** Reads input files into Parquet parts with the accepted rows, each by the reader of its form. */
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Database, misuse, SegueError, silent, throttled } from "../../system/index.js";
import type { CleanOptions } from "./clean-playlists.js";
import { fileName } from "./columns/column-mapping.js";
import type { CsvHeader } from "./csv/csv-header.js";
import { readCsv } from "./csv/read-csv.js";
import { FileRows } from "./file-rows.js";
import { byThemselves } from "./inputs/common-form.js";
import { formTitles, type InputForm, isJsonLines } from "./inputs/forms.js";
import type { InputFile } from "./inputs/input-files.js";
import { memberStream } from "./inputs/zip-archive.js";
import { type InputsRead, InputsTally } from "./inputs-read.js";
import { readJson, withoutTimes } from "./json/read-json.js";
import { playlistReaders } from "./playlist-readers.js";
import { readParquetRows } from "./read-parquet.js";
import type { Rejects } from "./rejects.js";
import { fieldNames, RowWriter } from "./row-writer.js";
import type { PlayTimes } from "./times/play-times.js";

/** The arguments of reading, for all forms. */
interface Reading {
  /** A folder for the parts. */
  readonly scratch: string;
  readonly files: readonly InputFile[];
  readonly options: CleanOptions;
  readonly times: PlayTimes;
  readonly rejects: Rejects;
  /** Receives the number of bytes read since the last call. */
  readonly onBytes: (bytes: number) => void;
}

/**
 * Reads files of one form, in order: rows into Parquet files in the folder `scratch`, unusable ones into `rejects`.
 *
 * @throws SegueError if a file is damaged, or has the wrong columns
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
  let done = 0;
  const onBytes = (bytes: number) => {
    done += bytes;
    progress({ task: "reading", done, total, unit: "bytes" });
  };
  const reading = { scratch, files, options, times, rejects, onBytes };
  return form === "parquet" ? readTables(reading, database) : readTexts(reading, form);
}

const partIn = (scratch: string, index: number) => join(scratch, `part-${index}.parquet`);

/** Parquet files: DuckDB writes one part per file. */
async function readTables(
  { scratch, files, options, times, rejects, onBytes }: Reading,
  database: Database,
): Promise<InputsRead> {
  const { mapping } = options;
  const needsTime = Boolean(options.sessionGap);
  const tally = new InputsTally(files.map(({ path }) => path));
  const parts: string[] = [];
  let tidied = 0;
  for (const { path, bytes, member } of files) {
    // Parquet needs random access, so a file in an archive is unpacked while it is read.
    const unpacked = member && join(scratch, `unpacked-${parts.length}.parquet`);
    if (unpacked !== undefined)
      await pipeline(await memberStream(member!), createWriteStream(unpacked), { signal: options.signal });
    const part = partIn(scratch, parts.length);
    parts.push(part);
    const read = await readParquetRows(
      database,
      { path, stored: unpacked ?? path },
      { mapping, playlist: tally.nameOf(path), firstRowId: tally.rowId, part, needsTime, times },
      rejects,
    );
    if (unpacked !== undefined) await rm(unpacked);
    tidied += read.tidied;
    tally.add(path, read);
    onBytes(bytes);
  }
  const { files: cleaned, unnamed, remarks } = tally;
  return { files: cleaned, parts, tidied, unnamed, remarks };
}

/** Text files: all go into one part. */
async function readTexts(
  { scratch, files, options, times, rejects, onBytes }: Reading,
  form: Exclude<InputForm, "parquet">,
): Promise<InputsRead> {
  const { encoding = "utf-8", signal } = options;
  const needsTime = Boolean(options.sessionGap);
  const tally = new InputsTally(files.map(({ path }) => path));
  const part = partIn(scratch, 0);
  const writer = new RowWriter(part, hasTimes(options));
  const headed: string[] = [];
  try {
    let first: Held | undefined;
    for (const file of files) {
      signal?.throwIfAborted();
      const { path } = file;
      const source = { ...file, encoding, onBytes, signal };
      const playlist = tally.nameOf(path);
      const how = { ...options, playlist, needsTime, times };
      if (form === "csv") {
        const read = await readCsv(source, how, tally.rowId, writer, rejects);
        if (read.headerLine !== undefined) headed.push(`${path}, line ${read.headerLine}`);
        first ??= { path, held: read.held };
        requireSameFields(first, { path, held: read.held });
        tally.add(path, read);
      } else if (form === "json") {
        const rows = new FileRows(path, tally.rowId, writer, rejects);
        const read = await readJson(source, rows, { ...how, isLines: await isJsonLines(source) });
        tally.add(path, { rows: rows.count, ...read });
      } else {
        if (hasTimes(options)) throw withoutTimes(path);
        if (namesColumns(options)) throw withoutColumns(path, form);
        const rows = new FileRows(path, tally.rowId, writer, rejects);
        await playlistReaders[form](source, rows, playlist);
        tally.add(path, { rows: rows.count, unnamed: rows.unnamed, note: rows.note });
      }
    }
    writer.close();
  } catch (error) {
    writer.abandon();
    throw error;
  }
  if (headed.length > 0) tally.remarks.push(headedRemark(headed));
  const { files: cleaned, unnamed, remarks } = tally;
  return { files: cleaned, parts: [part], tidied: writer.tidied, unnamed, remarks };
}

/** @param headed the places of headers below other lines */
const headedRemark = ([first, ...more]: readonly string[]) =>
  `the header is in ${first}${more.length === 0 ? "" : `, likewise in ${more.length} other ${more.length === 1 ? "file" : "files"}`}: the lines above are skipped`;

interface Held {
  readonly path: string;
  readonly held: CsvHeader["held"];
}

/**
 * Columns may have different names in each file, but must hold the same fields: playlists would get other ids in files without
 * users.
 */
function requireSameFields(first: Held, other: Held): void {
  const odd = fieldNames.findIndex((_, i) => (first.held[i] === undefined) !== (other.held[i] === undefined));
  if (odd === -1) return;
  const [lacking, having] = first.held[odd] === undefined ? [first, other] : [other, first];
  throw new SegueError(
    `${lacking.path} has no column for the ${fieldNames[odd]}, but ${having.path} has: "${having.held[odd]}"`,
    {
      hint: `if one of its columns holds that, rename it to "${having.held[odd]}"; otherwise ${byThemselves}`,
      exitCode: 2,
      code: "different-forms",
    },
  );
}

/** Whether plays are ordered by time. */
export const hasTimes = ({ mapping, sessionGap }: CleanOptions) =>
  mapping?.time !== undefined || Boolean(sessionGap);

/** Whether a mapping names any column; "filename" is not one. */
const namesColumns = ({ mapping = {} }: CleanOptions) =>
  Object.values(mapping).some((column) => column !== fileName);

const withoutColumns = (path: string, form: InputForm): SegueError =>
  misuse(
    `${path} is ${formTitles[form]}, and has no columns that --columns could name`,
    "leave out --columns",
  );

/** The work of the intermediate flow: turns raw files into the master table, and accounts for every row. */
import { mkdtemp, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import {
  type Database,
  explainDiskError,
  makeFolder,
  misuse,
  moveIntoPlace,
  type Progress,
  SegueError,
  shellWord,
  sqlParquet,
  withDuckDb,
} from "../../system/index.js";
import { type ColumnMapping, fileName } from "./columns/column-mapping.js";
import { noMusicNotes } from "./findings/no-music.js";
import { sameRowsNotes } from "./findings/same-rows.js";
import { explainMembers, filesOfArchives } from "./inputs/archive-kinds.js";
import { commonForm } from "./inputs/common-form.js";
import type { FilePlaylist } from "./inputs/file-playlists.js";
import type { InputForm } from "./inputs/forms.js";
import { findInputs, type InputFile } from "./inputs/input-files.js";
import { notesOn } from "./inputs-read.js";
import {
  type CleanIntoOptions,
  daysNotes,
  type PartsRead,
  rotationNotesOf,
  writeMaster,
} from "./master-table.js";
import { countLeftOut, type LeftOut, leftOutLines, namesToLeaveOut } from "./names/left-out.js";
import { checkSessions, type DayOrder, type EscapeStyle, type TextEncoding } from "./raw-file-choices.js";
import { hasTimes, readInputs } from "./read-inputs.js";
import { type Reject, Rejects } from "./rejects.js";
import { lineOrderSql } from "./times/line-order.js";
import { PlayTimes } from "./times/play-times.js";

export interface CleanOptions {
  /** Paths or globs, plain, gzipped or in zip archives, all of one form. */
  readonly inputs: readonly string[];
  /** The form of the inputs. Default: "auto", detected from their contents. */
  readonly format?: "auto" | InputForm;
  /** The columns of each field, if they do not have usual names. Without user_id there are no users, without playlist each file is one. */
  readonly mapping?: ColumnMapping;
  /**
   * Minutes: a longer pause between plays starts a new playlist. Times are in the column that the mapping names, otherwise in the one
   * with a usual name. Default: 0, no splitting.
   */
  readonly sessionGap?: number;
  /**
   * With a gap, a new playlist also starts at each multiple of so many minutes on the clock, for stations that never pause: 60 at
   * each full hour, 1440 at midnight (UTC). Default: 0, never.
   */
  readonly sessionLength?: number;
  /** Which number of a date such as 01/02/2024 is the day. Default: "auto", from dates that can only be read one way. */
  readonly dates?: "auto" | DayOrder;
  /**
   * Artists whose plays are left out and counted, ignoring case, such as advertisements and jingles in a radio log. If a play has no
   * artist, its title is compared. "@radio.txt" stands for the names in that file, one per line. Pauses are then between the
   * remaining plays.
   */
  readonly leaveOut?: readonly string[];
  /** How quotes are escaped in CSV. Default: by `\` with the #nowplaying columns, otherwise doubled. */
  readonly escape?: EscapeStyle;
  /** The encoding of the text. Default: "utf-8". */
  readonly encoding?: TextEncoding;
  /** Path of the master table, Parquet: row_id, user_id, artist, track, playlist. */
  readonly output: string;
  /** Path of the rejected rows, JSON lines: file, line, reason, detail, text. Default: they are only counted. */
  readonly rejects?: string;
  /** Path of the rejected rows if no row can be used and no table is written. Default: `rejects`. */
  readonly onlyRejects?: string;
  /** Keeps about half the rows, for experiments: whole playlists, chosen by a hash, always the same. Default: false. */
  readonly subset?: boolean;
  readonly memoryLimit?: string;
  readonly threads?: number;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface CleanedFile {
  readonly path: string;
  readonly rows: number;
  /** The playlist that the file is, if no column holds the playlist. */
  readonly playlist?: FilePlaylist;
  /** The name of the column that holds the playlist. */
  readonly playlistColumn?: string;
  /** The name of an unused column that may hold the time of each play. */
  readonly spareTime?: string;
}

export interface CleanFacts {
  /** Rows in the files: `accepted + rejected`. */
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Rows in the master table: `accepted`, minus those that `leaveOut` and `subset` left out. */
  readonly written: number;
  /** What `leaveOut` left out, if it names anyone. */
  readonly leftOut?: LeftOut;
  readonly rejectsByReason: Readonly<Record<string, number>>;
  /** The first few, for the output. */
  readonly firstRejects: readonly Reject[];
  /** Advice that may make rejected rows usable: "is it Latin-1? Then pass --encoding latin-1; …". */
  readonly remedies: readonly string[];
  /** Lines for the output about how the input was interpreted: names that were tidied, unnamed playlists, what was left out, … */
  readonly notes: readonly string[];
  readonly form: InputForm;
  /** The number of playlists, if `sessionGap` splits plays. */
  readonly sessions?: number;
  /** Whether `sessionLength` splits them, too. */
  readonly isSplitByClock: boolean;
  /** Whether `sessionGap` has left very long playlists, which `sessionLength` would split. */
  readonly isWithoutPauses: boolean;
  /**
   * Whether the plays seem to be a log that was not split: no column holds the playlist, there is no `sessionGap`, and a column may
   * hold times or the playlists are very long.
   */
  readonly isUnpartedLog: boolean;
  /** Whether the mapping says that each file is a playlist, so that no column was looked for. */
  readonly isMappedToFiles: boolean;
  /** Whether rows are ordered by time; otherwise by line. */
  readonly isByTime: boolean;
  readonly files: readonly CleanedFile[];
  readonly seconds: number;
}

/**
 * Reads playlists of any form that Segue knows and writes the master table. Nothing is dropped silently: every row of the
 * inputs is accepted or rejected, and accepted rows that are left out are counted. Both files are written atomically.
 *
 * @throws SegueError if an input is missing, empty, truncated, of another form than the first, or has other columns, or if no
 *   row can be used (the rejects are written then, the table is not); (misuse) if `leaveOut` or `subset` leaves nothing
 */
export async function cleanPlaylists(options: CleanOptions): Promise<CleanFacts> {
  const started = performance.now();
  checkSessions(options);
  const named = await findInputs(options.inputs);
  const leaveOut = await namesToLeaveOut(options.leaveOut ?? []);
  const { files, notes } = await filesOfArchives(named, options);
  const form = await commonForm(files, options.format ?? "auto");
  makeFolder(dirname(resolve(options.output)));
  // Beside the output, so that the last step is a rename.
  const scratch = await mkdtemp(join(dirname(resolve(options.output)), `.${basename(options.output)}-`));
  try {
    const facts = await withDuckDb({ ...options, spillFolder: scratch }, (database) =>
      cleanInto(scratch, database, files, form, { ...options, leaveOut }),
    );
    return {
      ...facts,
      notes: [...notes, ...twiceNotes(files), ...facts.notes],
      seconds: (performance.now() - started) / 1000,
    };
  } catch (error) {
    throw explainMembers(explainDiskError(error, dirname(resolve(options.output))), files, notes);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const twiceNotes = (files: readonly InputFile[]) =>
  files
    .filter(({ member }) => member?.isTwice)
    .map(({ path }) => `${path} is in its archive more than once: the last one is read`);

async function cleanInto(
  scratch: string,
  database: Database,
  files: readonly InputFile[],
  form: InputForm,
  options: CleanIntoOptions,
): Promise<Omit<CleanFacts, "seconds">> {
  const { dates = "auto" } = options;
  const times = new PlayTimes(dates === "auto" ? undefined : dates);
  const rejectsFile = options.rejects === undefined ? undefined : join(scratch, "rejects.jsonl");
  const rejects = new Rejects(rejectsFile);
  const read = await readInputs(scratch, database, files, form, options, times, rejects).catch((error) => {
    rejects.abandon();
    throw error;
  });
  rejects.close();
  const rows = read.files.reduce((sum, file) => sum + file.rows, 0);
  const accepted = rows - rejects.count;
  if (rows === 0) throw noRows(files, form);
  if (accepted === 0) {
    const kept = rejectsFile && (options.onlyRejects ?? options.rejects);
    if (kept) await moveIntoPlace(rejectsFile, kept);
    throw noUsableRows(rows, rejects, options.inputs, kept);
  }
  const list = sqlParquet(read.parts);
  const isAccepted = form === "parquet" ? "reason IS NULL" : "true";
  const acceptedRows = `${list} WHERE ${isAccepted}`;
  const parts: PartsRead = {
    parts: list,
    accepted: isAccepted,
    played: hasTimes(options) ? await times.column(database, acceptedRows) : "NULL",
  };
  if (options.sessionGap) await times.requirePauses(database, acceptedRows, parts.played);
  const leftOut = await countLeftOut(database, options.leaveOut, parts);
  if (leftOut?.plays === accepted) throw nothingLeft(accepted);
  options.progress?.({ task: "writing the master table", done: 0, total: accepted, unit: "rows" });
  const master = join(scratch, "master.parquet");
  const place = hasTimes(options) ? await lineOrderSql(database, read.files, parts) : "row_id";
  await writeMaster(database, parts, place, options, master);
  const { playlists, ...shape } = await shapeOf(database, master, read.files, options);
  if (shape.written === 0)
    throw misuse("by its hash, --subset leaves out every playlist there is", "leave out --subset");
  const notes = [
    ...notesOn(read),
    ...(await sameRowsNotes(database, read.files, parts)),
    ...(await rotationNotesOf(database, read, parts, place, options)),
    ...times.notes(),
    ...(hasTimes(options) ? await daysNotes(database, parts) : []),
    ...(leftOut === undefined ? [] : leftOutLines(leftOut)),
    ...(options.sessionGap ? await noMusicNotes(database, master, playlists) : []),
  ];
  options.progress?.({ task: "writing the master table", done: accepted, total: accepted, unit: "rows" });
  if (rejectsFile) await moveIntoPlace(rejectsFile, options.rejects!);
  await moveIntoPlace(master, options.output);
  return {
    rows,
    accepted,
    rejected: rejects.count,
    leftOut,
    rejectsByReason: rejects.byReason as Record<string, number>,
    firstRejects: rejects.first,
    remedies: rejects.remedies,
    notes,
    form,
    ...shape,
    sessions: options.sessionGap ? playlists : undefined,
    isSplitByClock: Boolean(options.sessionLength),
    isMappedToFiles: options.mapping?.playlist === fileName,
    isByTime: hasTimes(options),
    files: read.files,
  };
}

/** The size of the master table, and whether it seems to be a log rather than playlists. */
async function shapeOf(
  database: Database,
  master: string,
  files: readonly CleanedFile[],
  { sessionGap, sessionLength, mapping }: CleanIntoOptions,
): Promise<Pick<CleanFacts, "written" | "isWithoutPauses" | "isUnpartedLog"> & { playlists: number }> {
  const assumed = files.filter(({ playlist }) => playlist !== undefined);
  const areCounted = Boolean(sessionGap) || assumed.length > 0;
  const { written, playlists } = await database.row<{ written: number; playlists: number }>(
    `SELECT count(*) AS written, ${areCounted ? "count(DISTINCT (user_id, playlist))" : "0"} AS playlists
     FROM ${sqlParquet(master)}`,
  );
  const areLong = written > longPlaylist * playlists;
  const mayHaveTimes = assumed.some(
    ({ spareTime }) => spareTime !== undefined || mapping?.time !== undefined,
  );
  return {
    written,
    playlists,
    isWithoutPauses: Boolean(sessionGap) && !sessionLength && areLong,
    isUnpartedLog: !sessionGap && assumed.length > 0 && (areLong || mayHaveTimes),
  };
}

/** Plays: playlists longer than this on average are taken for logs. */
const longPlaylist = 300;

const nothingLeft = (plays: number): SegueError =>
  misuse(
    plays === 1 ? "--leave-out leaves out the only play" : `--leave-out leaves out all of the ${plays} plays`,
    "name only artists that are not music",
  );

const noRows = (files: readonly InputFile[], form: InputForm): SegueError =>
  new SegueError(
    `${files.map((file) => file.path).join(", ")}: no rows${form === "csv" ? ", only a header" : ""}`,
    { hint: "was it downloaded or exported completely?", code: "empty-input" },
  );

/** @param kept where the rejects are, if anywhere */
function noUsableRows(
  rows: number,
  { first, byReason, remedies }: Rejects,
  inputs: readonly string[],
  kept: string | undefined,
): SegueError {
  // The first reject may be an exception, such as a session's name above its plays.
  const most = Math.max(...Object.values(byReason));
  const told = first.find(({ reason }) => byReason[reason] === most) ?? first[0]!;
  const { file, line, reason, detail } = told;
  // A shell may have made many names of a glob.
  const named = inputs.length > 3 ? [shellWord(inputs[0]!), "…"] : inputs.map(shellWord);
  const where =
    kept === undefined
      ? `segue run intermediate --input ${named.join(" ")} keeps all of them in a file`
      : `all of them are in ${kept}`;
  return new SegueError(
    `none of the ${rows} rows can be used; ${told === first[0] ? "the first," : "most are like"} ${file} line ${line}: ${reason}${detail === undefined ? "" : ` (${detail})`}`,
    {
      hint: [...remedies, where].join("; "),
      code: "no-usable-rows",
    },
  );
}

/** Writes the plays that were read as the master table, by SQL, and finds in them what is to be noted. */
import { type Database, sqlString } from "../../system/index.js";
import { sqlFile } from "../sql-file.js";
import type { CleanOptions } from "./clean-playlists.js";
import type { InputsRead } from "./inputs-read.js";
import { notLeftOutSql } from "./left-out.js";
import { hasTimes } from "./read-inputs.js";
import { rotationNotes } from "./rotations.js";

/** The plays that were read, as SQL has them: their files, which of the rows are accepted, and when each was played. */
export interface PartsRead {
  readonly parts: string;
  readonly accepted: string;
  readonly played: string;
}

export type CleanIntoOptions = CleanOptions & { readonly leaveOut: readonly string[] };

/** Writes `master`. @param place what tells in which order plays of one moment stand */
export async function writeMaster(
  database: Database,
  { played, ...parts }: PartsRead,
  place: string,
  options: CleanIntoOptions,
  master: string,
): Promise<void> {
  const common = {
    ...parts,
    wanted: notLeftOutSql(options.leaveOut),
    kept: options.subset ? subsetCondition : "true",
    output: sqlString(master),
  };
  const sql = hasTimes(options)
    ? sqlFile("write-master-by-time", {
        ...common,
        played,
        place,
        gap: milliseconds(options.sessionGap),
        length: milliseconds(options.sessionLength),
      })
    : // Many names are looked up by a join, which keeps no order.
      sqlFile("write-master", { ...common, in_order: options.leaveOut.length > 0 ? "ORDER BY row_id" : "" });
  await database.run(sql);
}

/** Whether the column of playlists of a log may be that of rotations. */
export async function rotationNotesOf(
  database: Database,
  read: InputsRead,
  { played, ...parts }: PartsRead,
  place: string,
  options: CleanIntoOptions,
): Promise<string[]> {
  const [{ playlistColumn, spareTime } = {}] = read.files;
  if (playlistColumn === undefined || (!hasTimes(options) && spareTime === undefined)) return [];
  return rotationNotes(database, playlistColumn, {
    ...parts,
    wanted: notLeftOutSql(options.leaveOut),
    in_order: hasTimes(options) ? `${played}, ${place}` : place,
  });
}

/** As SQL; NULL for none. */
const milliseconds = (minutes: number | undefined) => (minutes ? String(minutes * 60_000) : "NULL");

const ofDays =
  'the times are days without a clock: plays of one day keep line order (reversed in a file that is newest first) and are not split by pauses; if another column has the clock, name both: --columns "time=DATE+CLOCK"';

/** What to say where all times are beginnings of days, and not small numbers, which are positions. */
export async function daysNotes(database: Database, { parts, played }: PartsRead): Promise<string[]> {
  const { areDays } = await database.row<{ areDays: boolean }>(
    `SELECT count(*) > 1 AND bool_and(${played} % 86400000 = 0) AND max(${played}) > 1e11 AS "areDays"
     FROM read_parquet(${parts}) WHERE time IS NOT NULL`,
  );
  return areDays ? [ofDays] : [];
}

// md5 and not hash(): it must choose the same playlists in every version of DuckDB.
const subsetCondition = "md5_number_lower(concat(user_id, chr(31), playlist)) % 2 = 0";

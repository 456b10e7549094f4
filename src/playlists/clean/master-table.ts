/** Writes the master table by SQL, and finds what the output should mention. */
import { type Database, sqlString } from "../../system/index.js";
import { sqlFile } from "../sql-file.js";
import type { CleanOptions } from "./clean-playlists.js";
import { rotationNotes } from "./findings/rotations.js";
import type { InputsRead } from "./inputs-read.js";
import { notLeftOutSql } from "./names/left-out.js";
import { hasTimes } from "./read-inputs.js";

/** The plays that were read, as SQL: their rows, the condition for accepted rows, and the time of a play. */
export interface PartsRead {
  readonly parts: string;
  readonly accepted: string;
  readonly played: string;
}

export type CleanIntoOptions = CleanOptions & { readonly leaveOut: readonly string[] };

/** Writes the master table. @param place SQL expression that orders plays with equal times */
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
    : // DuckDB looks up many names by a join, which does not keep the order.
      sqlFile("write-master", { ...common, in_order: options.leaveOut.length > 0 ? "ORDER BY row_id" : "" });
  await database.run(sql);
}

/** A line if the playlist column of a log may name rotations instead. */
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

/** Minutes as milliseconds in SQL; NULL for none. */
const milliseconds = (minutes: number | undefined) => (minutes ? String(minutes * 60_000) : "NULL");

const ofDays =
  'the times are days without a clock: plays of one day keep line order (reversed in a file that is newest first) and are not split by pauses; if another column has the clock, name both: --columns "time=DATE+CLOCK"';

/** A line if all times are midnights, and not small numbers, which are positions. */
export async function daysNotes(database: Database, { parts, played }: PartsRead): Promise<string[]> {
  const { areDays } = await database.row<{ areDays: boolean }>(
    `SELECT count(*) > 1 AND bool_and(${played} % 86400000 = 0) AND max(${played}) > 1e11 AS "areDays"
     FROM ${parts} WHERE time IS NOT NULL`,
  );
  return areDays ? [ofDays] : [];
}

// md5 instead of hash(), so that every version of DuckDB chooses the same playlists.
const subsetCondition = "md5_number_lower(concat(user_id, chr(31), playlist)) % 2 = 0";

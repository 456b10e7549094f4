/** Detects that the playlist column of a log names something else: a song's rotation or category. */
import type { Database } from "../../../system/index.js";
import { sqlFile } from "../../sql-file.js";

/** Plays: real playlists and broadcasts are shorter on average … */
const leastLength = 300;
/** … and do not change after a song or two. */
const leastChanges = 1 / 3;

/**
 * A line for the output, if so.
 *
 * @param column its name
 * @param rowsOfParts as SQL: the files of rows, the conditions for rows in the table, and their order
 */
export async function rotationNotes(
  database: Database,
  column: string,
  rowsOfParts: {
    readonly parts: string;
    readonly accepted: string;
    readonly wanted: string;
    readonly in_order: string;
  },
): Promise<string[]> {
  const { plays, playlists, changes } = await database.row<{
    plays: number;
    playlists: number;
    changes: number;
  }>(sqlFile("playlist-changes", rowsOfParts));
  if (plays < leastLength * playlists || changes < leastChanges * plays) return [];
  return [
    `"${column}" changes after ${Math.round((100 * changes) / plays)} % of the plays, as the rotation or category of a song does: if it does not name playlists, split the plays by pauses alone: --columns "playlist=filename" --session-gap 30`,
  ];
}

/** Finds that a log's column of playlists names something else: the rotation that a song is from, or what sort of song it is. */
import type { Database } from "../../system/index.js";
import { sqlFile } from "../sql-file.js";

/** Playlists that somebody made, and broadcasts, are shorter on average … */
const leastLength = 300;
/** … and are not left again after a song or two. */
const leastChanges = 1 / 3;

/**
 * What to say of it, if so, a line for the screen.
 *
 * @param column what the column is called
 * @param rowsOfParts the files of rows, the conditions of those that are taken, and their order, as SQL
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

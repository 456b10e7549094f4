/** Finds files with the same rows, such as a renamed or gzipped copy that a glob also matches. */
import { countsOf, type Database } from "../../../system/index.js";

interface FileOfRows {
  readonly path: string;
  readonly rows: number;
}

/**
 * A line for the output per copy. Only compares files with equal numbers of rows.
 *
 * @param files in order, with the number of rows of each
 * @param rowsOfParts as SQL: the files of rows, and the condition for accepted rows
 */
export async function sameRowsNotes(
  database: Database,
  files: readonly FileOfRows[],
  rowsOfParts: { readonly parts: string; readonly accepted: string },
): Promise<string[]> {
  const filesOf = countsOf(files.map(({ rows }) => rows));
  let end = 0;
  const alike = files
    .map(({ path, rows }) => ({ path, rows, first: end, last: (end += rows) - 1 }))
    .filter(({ rows }) => rows > 0 && filesOf.get(rows)! > 1);
  if (alike.length === 0) return [];
  const column = (of: (file: (typeof alike)[number], i: number) => number) => `unnest([${alike.map(of)}])`;
  // One query for all files. The sum is returned as text, since it exceeds a number's precision.
  const sums = await database.rows<{ file: number; sum: string }>(
    `WITH file AS (SELECT ${column((_, i) => i)} AS number, ${column(({ first }) => first)} AS first, ${column(({ last }) => last)} AS last)
     SELECT file.number AS file, sum(hash(user_id, artist, track, playlist))::VARCHAR AS sum
     FROM (SELECT * FROM ${rowsOfParts.parts} WHERE ${rowsOfParts.accepted}
           AND row_id BETWEEN ${alike[0]!.first} AND ${alike.at(-1)!.last}) AS play
     ASOF JOIN file ON play.row_id >= file.first
     WHERE play.row_id <= file.last GROUP BY file.number ORDER BY file.number`,
  );
  const notes: string[] = [];
  const firstOf = new Map<string, string>();
  for (const { file, sum } of sums) {
    const { path, rows } = alike[file]!;
    const key = `${rows} ${sum}`;
    const first = firstOf.get(key);
    if (first === undefined) firstOf.set(key, path);
    else
      notes.push(
        `${path} holds the same rows as ${first}, so its playlists hold every track twice: leave out one of the two files`,
      );
  }
  return notes;
}

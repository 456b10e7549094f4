/** Finds files that hold the same rows: a copy under another name, or gzipped beside the plain one, which a glob brings along. */
import type { Database } from "../../system/index.js";

interface FileOfRows {
  readonly path: string;
  readonly rows: number;
}

/**
 * What to say of each, a line a file. Only files of as many rows as another are read again.
 *
 * @param files in their order, with the number of rows of each
 * @param rowsOfParts the files of rows, and the condition of those that can be used, as SQL
 */
export async function sameRowsNotes(
  database: Database,
  files: readonly FileOfRows[],
  rowsOfParts: { readonly parts: string; readonly accepted: string },
): Promise<string[]> {
  const notes: string[] = [];
  const filesOf = new Map<number, number>();
  for (const { rows } of files) filesOf.set(rows, (filesOf.get(rows) ?? 0) + 1);
  const firstOf = new Map<string, string>();
  let firstRow = 0;
  for (const { path, rows } of files) {
    const from = firstRow;
    firstRow += rows;
    if (rows === 0 || filesOf.get(rows) === 1) continue;
    const { sum } = await database.row<{ sum: string | null }>(
      // As text: it is larger than a number can be.
      `SELECT sum(hash(user_id, artist, track, playlist))::VARCHAR AS sum FROM read_parquet(${rowsOfParts.parts})
       WHERE row_id BETWEEN ${from} AND ${firstRow - 1} AND ${rowsOfParts.accepted}`,
    );
    if (sum === null) continue;
    const key = `${rows} ${sum}`;
    const first = firstOf.get(key);
    if (first === undefined) firstOf.set(key, path);
    else
      notes.push(
        `${path} holds the same rows as ${first}, which stand twice in each playlist now: leave one of the two files out`,
      );
  }
  return notes;
}

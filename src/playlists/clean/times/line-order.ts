/** The order of plays with equal times: that of their lines, reversed if a file has the newest first. */
import type { Database } from "../../../system/index.js";
import { sqlFile } from "../../sql-file.js";

/**
 * SQL expression that orders plays with equal times.
 *
 * @param files in order, with the number of rows of each
 * @param rowsOfParts as SQL: the files of rows, the condition for accepted rows, and the time of a play
 */
export async function lineOrderSql(
  database: Database,
  files: ReadonlyArray<{ readonly rows: number }>,
  rowsOfParts: { readonly parts: string; readonly accepted: string; readonly played: string },
): Promise<string> {
  const firstRows = [0];
  for (const { rows } of files) firstRows.push(firstRows.at(-1)! + rows);
  const turned = await database.rows<{ first: number }>(
    sqlFile("newest-first", { ...rowsOfParts, first_rows: `[${firstRows.slice(0, -1).join(", ")}]` }),
  );
  if (turned.length === 0) return "row_id";
  const ranges = turned.map(({ first }) => {
    const next = firstRows.find((row) => row > first)!;
    return `row_id BETWEEN ${first} AND ${next - 1}`;
  });
  return `CASE WHEN ${ranges.join(" OR ")} THEN -row_id ELSE row_id END`;
}

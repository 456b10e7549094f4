/** Track vectors as a Parquet table for people and other tools: track VARCHAR, count BIGINT, vector FLOAT[size]. */
import { open } from "node:fs/promises";
import {
  asWritten,
  type Database,
  duckDb,
  parquetDamage,
  SegueError,
  sqlParquet,
  sqlString,
  sqlText,
  withDuckDb,
} from "../../system/index.js";
import { isCount } from "../vectors/is-count.js";
import { TrackVectors } from "../vectors/vectors.js";

/** DuckDB's chunks hold this many rows. */
const CHUNK_ROWS = 2048;

export async function writeVectorParquet(vectors: TrackVectors, path: string): Promise<void> {
  const { ARRAY, BIGINT, DuckDBArrayVector, DuckDBDataChunk, FLOAT, VARCHAR } = await duckDb();
  // One thread keeps the row groups, and so the bytes, the same on every machine.
  await withDuckDb({ threads: 1 }, async (database) => {
    await database.run(`CREATE TABLE vectors (track VARCHAR, count BIGINT, vector FLOAT[${vectors.size}])`);
    const chunk = DuckDBDataChunk.create([VARCHAR, BIGINT, ARRAY(FLOAT, vectors.size)]);
    function* chunks() {
      for (let from = 0; from < vectors.length; from += CHUNK_ROWS) {
        const rows = Math.min(CHUNK_ROWS, vectors.length - from);
        chunk.reset();
        chunk.rowCount = rows;
        chunk.setColumnValues(0, vectors.tracks.slice(from, from + rows));
        chunk.setColumnValues(
          1,
          Array.from({ length: rows }, (_, row) =>
            vectors.counts ? BigInt(vectors.counts[from + row]!) : null,
          ),
        );
        const column = chunk.getColumnVector(2);
        if (!(column instanceof DuckDBArrayVector))
          throw new Error("DuckDB gave another vector than asked for");
        floatsOf(column).set(vectors.vectors.subarray(from * vectors.size, (from + rows) * vectors.size));
        column.flush();
        yield chunk;
      }
    }
    await database.append("vectors", chunks());
    await database.run(`COPY vectors TO ${sqlString(path)} (FORMAT parquet)`);
  });
}

/** @throws SegueError if the file is damaged, or has other columns, duplicate tracks, counts that are not integers, or vectors of several sizes */
export async function readVectorParquet(path: string): Promise<TrackVectors> {
  // For a folder or a missing file DuckDB says only that nothing matches.
  const file = await open(path);
  await file.read(Buffer.alloc(1)).finally(() => file.close());
  const fail = (what: string, cause?: unknown) =>
    new SegueError(`${path}: ${what}`, { code: "corrupt", cause });
  return withDuckDb({}, async (database) => {
    const table = await checkedTable(database, path, fail);
    return await vectorsOf(database, path, table, fail);
  }).catch((error: unknown) => {
    const damage = parquetDamage(error);
    throw damage === undefined ? error : fail(`not a readable Parquet file (${damage})`, error);
  });
}

type Fail = (what: string, cause?: unknown) => SegueError;

/** What a file of vectors holds. */
interface VectorTable {
  readonly tracks: number;
  /** The track's name, as SQL. */
  readonly name: string;
  readonly size: number;
  readonly hasCounts: boolean;
}

async function checkedTable(database: Database, path: string, fail: Fail): Promise<VectorTable> {
  const from = sqlParquet(path);
  const columns = await database.rows<{ column_name: string; column_type: string }>(
    `DESCRIBE SELECT * FROM ${from}`,
  );
  const names = columns.map((column) => column.column_name);
  for (const name of ["track", "vector"])
    if (!names.includes(name)) throw fail(`it has no column "${name}", only ${names.join(", ")}`);
  const type = columns.find((column) => column.column_name === "vector")!.column_type;
  if (!type.endsWith("]")) throw fail(`its column "vector" holds ${type}, not lists of numbers`);
  const track = columns.find((column) => column.column_name === "track")!;
  const name = `(${sqlText("track", track.column_type)})::VARCHAR`;
  const broken =
    "track IS NULL OR vector IS NULL OR len(list_filter(vector, x -> NOT coalesce(isfinite(try_cast(x AS FLOAT)), false))) > 0";
  const facts = await database.row<Record<"n" | "distinct_n" | "size" | "sizes" | "broken", number>>(
    `SELECT count(*) AS n, count(DISTINCT ${name}) AS distinct_n, coalesce(max(len(vector)), 0) AS size,
            count(DISTINCT len(vector)) AS sizes,
            count(*) FILTER (${broken}) AS broken
     FROM ${from}`,
  );
  const { n, size } = facts;
  if (facts.sizes > 1) throw fail(`its vectors have ${facts.sizes} different sizes`);
  if (facts.broken > 0) {
    const { row } = await database.row<{ row: number }>(
      `SELECT min(file_row_number) + 1 AS row FROM ${sqlParquet(path, "file_row_number = true")}
       WHERE ${broken}`,
    );
    throw fail(
      `row ${row}${facts.broken > 1 ? ` and ${facts.broken - 1} more have` : " has"} no track, no vector, or values that are not finite`,
    );
  }
  if (facts.distinct_n < n) {
    const { track, rows } = await database.row<{ track: string; rows: number[] }>(
      `SELECT ${name} AS track, list(file_row_number + 1 ORDER BY file_row_number) AS rows
       FROM ${sqlParquet(path, "file_row_number = true")}
       GROUP BY 1 HAVING count(*) > 1 ORDER BY min(file_row_number) LIMIT 1`,
    );
    throw fail(`track ${asWritten(track)} comes more than once: rows ${rows.slice(0, 5).join(", ")}`);
  }
  if (n === 0) throw fail("it has no rows, so the number of dimensions is not known");
  if (size === 0) throw fail("its vectors have no dimensions");
  return { tracks: n, name, size, hasCounts: names.includes("count") };
}

async function vectorsOf(
  database: Database,
  path: string,
  { tracks: n, name, size, hasCounts }: VectorTable,
  fail: Fail,
): Promise<TrackVectors> {
  const { DuckDBArrayVector } = await duckDb();
  const tracks: string[] = [];
  const vectors = new Float32Array(n * size);
  const counts = hasCounts ? new Float64Array(n) : undefined;
  let counted = true;
  // Text that is not a number becomes NaN, as opposed to NULL, an unknown count.
  const known = `if("count" IS NULL, NULL, coalesce(try_cast("count" AS DOUBLE), 'nan'::DOUBLE))`;
  const query = `SELECT ${withItsMark(name)} AS track, ${counts ? known : "NULL::DOUBLE"} AS count, vector::FLOAT[${size}] AS vector FROM ${sqlParquet(path)}`;
  for await (const chunk of database.chunks(query)) {
    const at = tracks.length;
    const column = chunk.getColumnVector(2);
    if (!(column instanceof DuckDBArrayVector)) throw new Error("DuckDB gave another vector than asked for");
    vectors.set(floatsOf(column).subarray(0, chunk.rowCount * size), at * size);
    chunk.getColumnValues(1).forEach((count, row) => {
      if (count === null) counted = false;
      else if (!isCount(count as number))
        throw fail(`row ${at + row + 1} has ${count} in "count", which is not a whole number ≥ 0`);
      else if (counts) counts[at + row] = count as number;
    });
    for (const track of chunk.getColumnValues(0)) tracks.push(track as string);
  }
  return new TrackVectors({ tracks, size, vectors, counts: counted ? counts : undefined });
}

/** Preserves a leading byte order mark: DuckDB's client for Node drops one. */
const withItsMark = (text: string) => `if(starts_with(${text}, chr(65279)), chr(65279), '') || ${text}`;

/** The floats under an array column, to be copied at once: `setColumnValues` would take them one by one. */
function floatsOf(column: object): Float32Array {
  const { childData } = column as { childData?: { items?: unknown } };
  if (!(childData?.items instanceof Float32Array)) throw new Error("DuckDB's array vectors have changed");
  return childData.items;
}

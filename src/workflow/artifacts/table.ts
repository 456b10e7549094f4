/** Tables as Parquet, written and read by DuckDB, which is loaded only if a step has a table. */
import { duckDb, misuse, SegueError, sqlName, sqlParquet, sqlString } from "../../system/index.js";
import { type ArtifactRef, handleMark } from "./ref.js";

/** The values that a cell may hold. */
export type Cell = string | number | bigint | boolean | Date | null | undefined;

/** Rows with named columns. */
export interface Table<Row extends object = Record<string, Cell>> {
  readonly [handleMark]: "table";
  readonly ref?: ArtifactRef;
  /** The number of rows. */
  readonly length: number;
  /** All rows as objects. Integers are numbers if those can hold them exactly, else bigint. */
  rows(): Promise<Row[]>;
  /** The Parquet file on this machine, for DuckDB and others to read; do not write to it. */
  path(): Promise<string>;
}

interface RowsTable extends Table<object> {
  readonly given: readonly object[];
}

/**
 * Makes a table artifact of rows: `return { ranking: table([{ name: "a", hits: 0.2 }]) }`. Its columns are those of all rows.
 *
 * @throws SegueError (misuse) if `rows` is not a list of objects
 */
export function table<Row extends object>(rows: readonly Row[]): Table<Row> {
  if (!Array.isArray(rows) || rows.some((row) => typeof row !== "object" || row === null))
    throw misuse("a table is made of a list of rows", 'write table([{ name: "a", hits: 0.2 }])');
  const made: RowsTable = {
    [handleMark]: "table",
    given: rows,
    length: rows.length,
    rows: async () => [...rows],
    path: () => Promise.reject(new SegueError("this table has no file yet: return it from the step first")),
  };
  return made as unknown as Table<Row>;
}

export function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && (value as Table)[handleMark] === "table";
}

/** The handle of a stored table. */
export function openTable(ref: ArtifactRef, path: () => Promise<string>): Table {
  return {
    [handleMark]: "table",
    ref,
    length: ref.length ?? 0,
    path,
    rows: async () => readParquet(await path()),
  };
}

/** Writes a table to a Parquet file (zstd). @returns the number of rows */
export async function writeTable(value: Table, path: string): Promise<number> {
  const rows = (value as unknown as RowsTable).given;
  const columns = columnsOf(rows);
  const { DuckDBInstance, VARCHAR, DOUBLE, BIGINT, BOOLEAN, TIMESTAMP, timestampValue } = await duckDb();
  const types = { string: VARCHAR, float: DOUBLE, integer: BIGINT, boolean: BOOLEAN, date: TIMESTAMP };
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const spec = [...columns].map(([name, type]) => `${sqlName(name)} ${types[type]}`);
    // Parquet needs a column even if no row names one.
    await connection.run(`CREATE TABLE t (${spec.length > 0 ? spec.join(", ") : "nothing BOOLEAN"})`);
    const appender = await connection.createAppender("t");
    for (const row of rows as readonly Record<string, Cell>[]) {
      if (columns.size === 0) appender.appendNull();
      for (const [name, type] of columns) {
        const cell = row[name];
        if (cell === null || cell === undefined) appender.appendNull();
        else if (type === "string") appender.appendVarchar(String(cell));
        else if (type === "float") appender.appendDouble(Number(cell));
        else if (type === "integer") appender.appendBigInt(BigInt(cell as number));
        else if (type === "boolean") appender.appendBoolean(cell as boolean);
        else appender.appendTimestamp(timestampValue(BigInt((cell as Date).getTime()) * 1000n));
      }
      appender.endRow();
    }
    appender.closeSync();
    await connection.run(`COPY t TO ${sqlString(path)} (FORMAT parquet, COMPRESSION zstd)`);
    return rows.length;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

type ColumnType = "string" | "float" | "integer" | "boolean" | "date";

function columnsOf(rows: readonly object[]): Map<string, ColumnType> {
  const columns = new Map<string, ColumnType>();
  const unset = new Set<string>();
  const long = new Map<string, bigint>();
  for (const row of rows) {
    for (const [name, cell] of Object.entries(row) as [string, Cell][]) {
      const type = typeOf(name, cell);
      const known = columns.get(name);
      if (typeof cell === "bigint" && !isSafe(cell)) long.set(name, cell);
      if (type === undefined) {
        if (known === undefined) unset.add(name);
      } else if (known === undefined || known === type) columns.set(name, type);
      else if (isNumber(known) && isNumber(type)) columns.set(name, "float");
      else throw new Error(`its column "${name}" holds values of two kinds, ${known} and ${type}`);
    }
  }
  for (const [name, cell] of long)
    if (columns.get(name) === "float")
      throw new Error(`its column "${name}" holds fractions and ${cell}, which would be rounded beside them`);
  for (const name of unset) if (!columns.has(name)) columns.set(name, "string");
  requireNames([...columns.keys()]);
  return columns;
}

/** Refuses names that SQL does not tell apart. */
function requireNames(names: readonly string[]): void {
  if (names.includes("")) throw new Error("it has a column without a name");
  const folded = new Map<string, string>();
  for (const name of names) {
    const key = name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    const other = folded.get(key);
    if (other !== undefined) throw new Error(`its columns "${other}" and "${name}" differ only in capitals`);
    folded.set(key, name);
  }
}

const isNumber = (type: ColumnType) => type === "float" || type === "integer";

const isSafe = (cell: bigint) => cell >= Number.MIN_SAFE_INTEGER && cell <= Number.MAX_SAFE_INTEGER;

/** @throws Error naming the column, if Parquet cannot hold the cell, or only changed */
function typeOf(name: string, cell: Cell): ColumnType | undefined {
  const unstorable = (what: string) => new Error(`its column "${name}" holds ${what}`);
  if (cell === null || cell === undefined) return undefined;
  if (typeof cell === "number") return Number.isSafeInteger(cell) ? "integer" : "float";
  if (typeof cell === "bigint") {
    if (BigInt.asIntN(64, cell) !== cell) throw unstorable(`${cell}, which does not fit into 64 bits`);
    return "integer";
  }
  if (typeof cell === "string") {
    if (!cell.isWellFormed()) throw unstorable(`${JSON.stringify(cell)}, with half a character`);
    return "string";
  }
  if (typeof cell === "boolean") return "boolean";
  if (cell instanceof Date) {
    if (Number.isNaN(cell.getTime())) throw unstorable("an invalid date");
    return "date";
  }
  throw unstorable(Array.isArray(cell) ? "an array" : `a ${typeof cell}`);
}

/** One row of a stored table; the others are not loaded into memory. */
export async function rowAt(stored: Table, index: number): Promise<Record<string, Cell> | undefined> {
  return (await readParquet(await stored.path(), index))[0];
}

/** @param index the index of a single row to read; default: all rows */
async function readParquet(path: string, index?: number): Promise<Record<string, Cell>[]> {
  const { DuckDBInstance } = await duckDb();
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(
      `SELECT * FROM ${sqlParquet(path)}${index === undefined ? "" : ` LIMIT 1 OFFSET ${index}`}`,
    );
    return reader.getRowObjectsJS().map((row) => {
      for (const [name, cell] of Object.entries(row)) {
        if (typeof cell === "bigint" && isSafe(cell)) row[name] = Number(cell);
      }
      return row as Record<string, Cell>;
    });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

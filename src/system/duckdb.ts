/**
 * DuckDB for the rooms: an in-memory instance with a memory limit and a folder to spill to, both gone when the work is
 * done. The native library is loaded at the first use, so that commands which need no SQL start fast.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBDataChunk, DuckDBInstance, DuckDBValue } from "@duckdb/node-api";
import { messageOf, SegueError } from "./errors.js";
import { usableCores, usableMemory } from "./machine.js";
import { temporaryFolder } from "./temporary-folder.js";

export interface DuckDbOptions {
  /**
   * How much memory DuckDB may hold before it spills to disk, such as "512MB" or "4GB" (the default is "3GB"); never more than three
   * quarters of what this process may use.
   */
  readonly memoryLimit?: string;
  /** How many threads it may use; the default is every core. */
  readonly threads?: number;
  /** Where it spills to: a folder that exists; the default is the system's folder for temporary files. */
  readonly spillFolder?: string;
  /** Interrupts the query that is running. */
  readonly signal?: AbortSignal;
}

/** A value to bind to a `?` or `$name` of a statement. */
export type SqlValue = string | number | bigint | boolean | null;
export type SqlValues = readonly SqlValue[] | Readonly<Record<string, SqlValue>>;

/** One connection, as the rooms use it. */
export interface Database {
  /** Runs one or more statements and forgets what they answer. `values` are bound to the last one. */
  run(sql: string, values?: SqlValues): Promise<void>;
  /** All rows as plain objects; whole numbers come as `number`, lists as arrays. */
  rows<Row extends object>(sql: string, values?: SqlValues): Promise<Row[]>;
  /** The first row, where the statement always has one. */
  row<Row extends object>(sql: string, values?: SqlValues): Promise<Row>;
  /** The answer in chunks of about 2,048 rows, without holding all of it in memory. */
  chunks(sql: string, values?: SqlValues): AsyncIterable<DuckDBDataChunk>;
  /** Another connection to the same database, for work at the same time; it sees all but temporary tables. */
  beside<T>(work: (database: Database) => Promise<T>): Promise<T>;
  /** Appends chunks to a table as they are: the fast way in for arrays. A chunk may be filled again after it was taken. */
  append(table: string, chunks: Iterable<DuckDBDataChunk>): Promise<void>;
}

/**
 * Opens DuckDB, lets `work` use it, and closes it whatever happens.
 *
 * @throws SegueError code "out-of-memory" when the memory limit and the disk are both too small, and the abort reason when
 *   `signal` fires
 */
export async function withDuckDb<T>(
  options: DuckDbOptions,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  options.signal?.throwIfAborted();
  const memoryLimit = withinMachine(options.memoryLimit ?? "3GB");
  const { DuckDBInstance: Instance } = await import("@duckdb/node-api");
  const spill = await (options.spillFolder === undefined
    ? temporaryFolder("duckdb")
    : mkdtemp(join(options.spillFolder, "segue-duckdb-")));
  try {
    const instance = await Instance.create(":memory:", {
      memory_limit: memoryLimit,
      threads: String(options.threads ?? usableCores()),
      temp_directory: spill,
      // Nothing is fetched from the network behind the user's back.
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
    });
    try {
      return await onConnection(instance, options.signal, work);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw explained(error, memoryLimit);
    } finally {
      instance.closeSync();
    }
  } finally {
    await rm(spill, { recursive: true, force: true });
  }
}

/** How an amount of memory is written: its number, the unit's prefix if any, and "i" where that counts by 1024. */
export const memoryAmount = /^(\d+(?:\.\d+)?)\s*(?:([KMGT])(i)?)?B$/i;

/** An amount of memory as DuckDB reads it: as given, or three quarters of what there is here. */
function withinMachine(amount: string): string {
  const parts = memoryAmount.exec(amount);
  if (parts === null)
    throw new SegueError(`not an amount of memory: "${amount}"`, {
      hint: 'write it as "512MB" or "4GB"',
      exitCode: 2,
    });
  const [, number, prefix = "", binary] = parts;
  const bytes =
    Number(number) *
    (binary === undefined ? 1000 : 1024) ** (prefix === "" ? 0 : "KMGT".indexOf(prefix.toUpperCase()) + 1);
  const most = Math.floor((usableMemory() * 3) / 4 / 2 ** 20);
  return bytes <= most * 2 ** 20 ? amount : `${most}MiB`;
}

/** Loads the native library ahead. */
export async function preloadDuckDb(): Promise<void> {
  await import("@duckdb/node-api");
}

async function onConnection<T>(
  instance: DuckDBInstance,
  signal: AbortSignal | undefined,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const connection = await instance.connect();
  // Else times without a zone would be those of the machine's own.
  await connection.run("SET TimeZone = 'UTC'");
  let interrupting: NodeJS.Timeout | undefined;
  const interrupt = () => {
    connection.interrupt();
    // One that comes before its query has begun is lost on it.
    interrupting = setInterval(() => connection.interrupt(), 50);
  };
  signal?.addEventListener("abort", interrupt, { once: true });
  const bound = (values?: SqlValues) =>
    (values === undefined ? undefined : Array.isArray(values) ? [...values] : { ...values }) as
      | DuckDBValue[]
      | undefined;
  const rows = async <Row extends object>(sql: string, values?: SqlValues): Promise<Row[]> => {
    signal?.throwIfAborted();
    const result = await connection.run(sql, bound(values));
    const objects = (await result.getRowObjects()) as Record<string, unknown>[];
    return objects.map(
      (object) => Object.fromEntries(Object.entries(object).map(([key, v]) => [key, plain(v)])) as Row,
    );
  };
  const database: Database = {
    run: async (sql, values) => {
      signal?.throwIfAborted();
      await connection.run(sql, bound(values));
    },
    rows,
    row: async <Row extends object>(sql: string, values?: SqlValues) => (await rows<Row>(sql, values))[0]!,
    async *chunks(sql, values) {
      signal?.throwIfAborted();
      const result = await connection.stream(sql, bound(values));
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return;
        yield chunk;
      }
    },
    beside: (other) => onConnection(instance, signal, other),
    append: async (table, chunks) => {
      const appender = await connection.createAppender(table);
      try {
        for (const chunk of chunks) {
          signal?.throwIfAborted();
          appender.appendDataChunk(chunk);
        }
        appender.flushSync();
      } finally {
        appender.closeSync();
      }
    },
  };
  try {
    return await work(database);
  } finally {
    signal?.removeEventListener("abort", interrupt);
    clearInterval(interrupting);
    connection.closeSync();
  }
}

/** A column of whole numbers (UINTEGER, without NULL) of a chunk, as they lie in memory; for as long as the chunk lives. */
export function uintColumn(chunk: DuckDBDataChunk, column: number): Uint32Array {
  const { items } = chunk.getColumnVector(column) as unknown as { items: unknown };
  if (!(items instanceof Uint32Array)) throw new Error(`column ${column} is not of type UINTEGER`);
  return items;
}

/** A string as a SQL literal, for the places that take no bound values (`COPY … TO 'path'`). */
export function sqlString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as a SQL identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Fills `{{name}}` marks of a SQL file. Every mark must be given and every given name must be used. */
export function fillSql(template: string, fragments: Readonly<Record<string, string>>): string {
  const used = new Set<string>();
  const filled = template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const fragment = fragments[name];
    if (fragment === undefined) throw new Error(`the SQL wants {{${name}}}, which was not given`);
    used.add(name);
    return fragment;
  });
  const unused = Object.keys(fragments).filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`the SQL has no place for ${unused.join(", ")}`);
  return filled;
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value !== null && typeof value === "object" && "items" in value && Array.isArray(value.items))
    return value.items.map(plain);
  return value;
}

function explained(error: unknown, memoryLimit: string): unknown {
  const message = messageOf(error);
  if (!/Out of Memory/i.test(message)) return error;
  return new SegueError(`DuckDB ran out of its ${memoryLimit} of memory: ${message.split("\n")[0]}`, {
    hint: "give it more: segue run --memory-limit 8GB; or make room on the disk that it spills to",
    code: "out-of-memory",
    cause: error,
  });
}

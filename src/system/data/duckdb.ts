/**
 * DuckDB as an in-memory instance with a memory limit and a spill folder, both removed when the work is done. The native library
 * is loaded on first use, so that commands without SQL start fast.
 */
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBDataChunk, DuckDBInstance, DuckDBValue } from "@duckdb/node-api";
import { explainDiskError } from "../errors/disk-error.js";
import { messageOf, misuse, SegueError } from "../errors/errors.js";
import { removeTemporary, temporaryFolder } from "../files/temporary-folder.js";
import { usableCores, usableMemory } from "../machine/machine.js";
import { loadNative } from "../machine/native.js";

export interface DuckDbOptions {
  /**
   * How much memory DuckDB may use before it spills to disk, such as "512MB" or "4GB"; capped at three quarters of the usable memory.
   * Default: "3GB".
   */
  readonly memoryLimit?: string;
  /** How many threads it may use. Default: one per usable core. */
  readonly threads?: number;
  /** An existing folder to spill to. Default: the system's folder for temporary files. */
  readonly spillFolder?: string;
  /** Interrupts the running query. */
  readonly signal?: AbortSignal;
}

/** A value to bind to a `?` or `$name` of a statement. */
type SqlValue = string | number | bigint | boolean | null;
type SqlValues = readonly SqlValue[] | Readonly<Record<string, SqlValue>>;

/** One connection. */
export interface Database {
  /** Runs one or more statements and discards their results. `values` are bound to the last one. */
  run(sql: string, values?: SqlValues): Promise<void>;
  /** All rows as plain objects; integers become `number`, lists arrays. */
  rows<Row extends object>(sql: string, values?: SqlValues): Promise<Row[]>;
  /** The first row, for statements that always return one. */
  row<Row extends object>(sql: string, values?: SqlValues): Promise<Row>;
  /** Streams the result in chunks of about 2,048 rows. */
  chunks(sql: string, values?: SqlValues): AsyncIterable<DuckDBDataChunk>;
  /** Runs `work` on another connection to the same database, for concurrent work; it does not see temporary tables. */
  beside<T>(work: (database: Database) => Promise<T>): Promise<T>;
  /** Appends chunks to a table: the fast way to load arrays. A chunk may be reused once the next one is requested. */
  append(table: string, chunks: Iterable<DuckDBDataChunk>): Promise<void>;
}

/**
 * Opens DuckDB for `work`, and closes it afterwards, also on failure.
 *
 * @throws SegueError code "out-of-memory" if the memory limit and the disk are both too small; the signal's reason if it is aborted
 */
export async function withDuckDb<T>(
  options: DuckDbOptions,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  options.signal?.throwIfAborted();
  const memoryLimit = withinMachine(options.memoryLimit ?? "3GB");
  const { DuckDBInstance: Instance } = await duckDb();
  const spill = await (options.spillFolder === undefined
    ? temporaryFolder("duckdb")
    : mkdtemp(join(options.spillFolder, "segue-duckdb-")));
  try {
    const instance = await Instance.create(":memory:", {
      memory_limit: memoryLimit,
      threads: String(options.threads ?? usableCores()),
      temp_directory: spill,
      // Never downloads extensions.
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
    });
    try {
      return await onConnection(instance, options.signal, work);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw explained(error, memoryLimit, options.memoryLimit !== undefined);
    } finally {
      instance.closeSync();
    }
  } finally {
    await removeTemporary(spill);
  }
}

/** An amount of memory such as "512MB"; groups: the number, the unit's prefix if any, and "i" for units of 1024. */
export const memoryAmount = /^(\d+(?:\.\d+)?)\s*(?:([KMGT])(i)?)?B$/i;

/** The most that DuckDB may use: three quarters of the usable memory, in bytes. */
const mostBytes = () => Math.floor((usableMemory() * 3) / 4 / 2 ** 20) * 2 ** 20;

/** The amount as given, capped at what the machine has for it. */
function withinMachine(amount: string): string {
  return bytesOf(amount) <= mostBytes() ? amount : `${mostBytes() / 2 ** 20}MiB`;
}

function bytesOf(amount: string): number {
  const parts = memoryAmount.exec(amount);
  if (parts === null) throw misuse(`not an amount of memory: "${amount}"`, 'write it as "512MB" or "4GB"');
  const [, number, prefix = "", binary] = parts;
  const power = prefix === "" ? 0 : "KMGT".indexOf(prefix.toUpperCase()) + 1;
  return Number(number) * (binary === undefined ? 1000 : 1024) ** power;
}

/** Loads the native library. @throws SegueError code "not-installed" if there is none for this machine */
export const duckDb = (): Promise<typeof import("@duckdb/node-api")> =>
  loadNative("DuckDB", () => import("@duckdb/node-api"));

async function onConnection<T>(
  instance: DuckDBInstance,
  signal: AbortSignal | undefined,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const connection = await instance.connect();
  // Otherwise times without a zone would be in the machine's own.
  await connection.run("SET TimeZone = 'UTC'");
  let interrupting: NodeJS.Timeout | undefined;
  const interrupt = () => {
    connection.interrupt();
    // Repeated, because an interrupt just before a query starts has no effect on it.
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

/** A view of a UINTEGER column without NULL, valid as long as the chunk is. */
export function uintColumn(chunk: DuckDBDataChunk, column: number): Uint32Array {
  const { items } = chunk.getColumnVector(column) as unknown as { items: unknown };
  if (!(items instanceof Uint32Array)) throw new Error(`column ${column} is not of type UINTEGER`);
  return items;
}

/** What DuckDB says about Parquet whose content it cannot read, in one line; undefined for any other error. */
export function parquetDamage(error: unknown): string | undefined {
  // A full disk, or a file that may not be read, is another matter.
  if (explainDiskError(error) !== error) return undefined;
  const [line = ""] = messageOf(error).split("\n");
  return /^(Invalid|Invalid Input|IO|Not implemented) Error: /.test(line) ? line : undefined;
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value !== null && typeof value === "object" && "items" in value && Array.isArray(value.items))
    return value.items.map(plain);
  return value;
}

function explained(error: unknown, memoryLimit: string, isChosen: boolean): unknown {
  const message = messageOf(error);
  if (!/Out of Memory/i.test(message)) return error;
  const more = Math.min(Math.max(1e9, 2 * bytesOf(memoryLimit)), mostBytes());
  const flag = `--memory-limit ${Math.floor(more / 1e6)}MB`;
  // Only the flows let their users choose.
  const hint =
    more > bytesOf(memoryLimit)
      ? isChosen
        ? `give it more: segue run ${flag}`
        : `let the flows prepare the playlists, which may use more: segue run intermediate primary ${flag}; then read data/03_inputs/model_input_full.parquet`
      : `that is all it may use of this machine's ${Math.round(usableMemory() / 1e6)} MB: use a machine with more`;
  return new SegueError(`DuckDB ran out of its ${memoryLimit} of memory: ${message.split("\n")[0]}`, {
    // It spills to disk first, so the disk may be what is full.
    hint: /offload|temp_directory/.test(message)
      ? `free space on the disk that it spills to, or ${hint}`
      : hint,
    code: "out-of-memory",
    cause: error,
  });
}

/**
 * Tracks which workers are alive. Each holds a Postgres advisory lock for as long as its connection lasts; nothing has to be
 * renewed, so a busy worker is never taken for dead. A worker that gets another one's lock knows that it is gone, and takes over
 * its work while holding that lock, so that no two take over the same.
 */
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { messageOf } from "../../../system/index.js";

const table = `CREATE TABLE IF NOT EXISTS segue_workers (
  executor text PRIMARY KEY, host text NOT NULL, pid integer NOT NULL, since timestamptz NOT NULL DEFAULT now())`;
const lockOf = "hashtextextended('segue-worker/' || $1, 0)";

const living = `SELECT count(*)::integer AS workers FROM segue_workers WHERE EXISTS (
  SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (classid::bigint << 32 | objid::bigint) = hashtextextended('segue-worker/' || executor, 0))`;

/** How many workers are alive. Takes no lock, so it never gets in a worker's way. */
export async function livingWorkers(database: pg.Pool): Promise<number> {
  const { rows } = await database.query<{ workers: number }>(living);
  return rows[0]!.workers;
}

/** Takes a lock for as long as the connection lasts. @returns false if another connection holds it */
async function tryLock(client: pg.Client, lock: string, name: string): Promise<boolean> {
  const sql = `SELECT pg_try_advisory_lock(${lock}) AS free`;
  return (await client.query<{ free: boolean }>(sql, [name])).rows[0]!.free;
}

export class Claims {
  readonly #url: string;
  readonly #executor: string;
  readonly #lost: (why: string) => void;
  #client: pg.Client | undefined;
  #closed = false;

  /** @param lost called when the lock is gone for good: another worker may have taken over */
  constructor(url: string, executor: string, lost: (why: string) => void) {
    this.#url = url;
    this.#executor = executor;
    this.#lost = lost;
  }

  async open(): Promise<void> {
    const client = await this.#connect();
    // Two workers that start at once would both try to create the table.
    await this.alone("segue-table", () => client.query(table));
    await client.query(`SELECT pg_advisory_lock(${lockOf})`, [this.#executor]);
    await this.#list(client);
  }

  #list(client: pg.Client): Promise<pg.QueryResult> {
    const sql = "INSERT INTO segue_workers (executor, host, pid) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    return client.query(sql, [this.#executor, hostname(), process.pid]);
  }

  /**
   * Runs `work` while no other worker runs work of this name. Polls instead of waiting within Postgres, because an index that is
   * built concurrently waits for every waiting query.
   */
  async alone(name: string, work: () => Promise<unknown>): Promise<void> {
    const client = this.#client!;
    const lock = "hashtextextended($1, 0)";
    while (!(await tryLock(client, lock, name))) await sleep(200);
    try {
      await work();
    } finally {
      await client.query(`SELECT pg_advisory_unlock(${lock})`, [name]);
    }
  }

  /** Calls `takeOver` for each worker that is gone, while holding its lock; then forgets that worker. */
  async eachDead(takeOver: (executor: string) => Promise<void>): Promise<void> {
    const client = this.#client;
    if (!client) return;
    const { rows } = await client.query<{ executor: string }>(
      "SELECT executor FROM segue_workers WHERE executor <> $1",
      [this.#executor],
    );
    for (const { executor } of rows) {
      if (!(await tryLock(client, lockOf, executor))) continue;
      try {
        // If another worker was quicker, the row is gone.
        const still = await client.query("SELECT 1 FROM segue_workers WHERE executor = $1", [executor]);
        if (still.rowCount === 0) continue;
        await takeOver(executor);
        await client.query("DELETE FROM segue_workers WHERE executor = $1", [executor]);
      } finally {
        await client.query(`SELECT pg_advisory_unlock(${lockOf})`, [executor]);
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const client = this.#client;
    this.#client = undefined;
    if (!client) return;
    await client.query("DELETE FROM segue_workers WHERE executor = $1", [this.#executor]).catch(() => {});
    await client.end().catch(() => {});
  }

  /** Closes without forgetting this worker, so that others take over its work. */
  async abandon(): Promise<void> {
    this.#closed = true;
    await this.#client?.end().catch(() => {});
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#url,
      keepAlive: true,
      application_name: "segue worker",
    });
    client.on("error", (error) => void this.#reconnect(client, error.message));
    client.on("end", () => void this.#reconnect(client, "the connection ended"));
    await client.connect();
    this.#client = client;
    return client;
  }

  /**
   * A broken connection loses the lock. This worker takes it back, and stops if another one took over in between. Then it is listed
   * again, so that others also take over the tasks that it got from the queue before it noticed.
   */
  async #reconnect(broken: pg.Client, why: string): Promise<void> {
    if (this.#closed || this.#client !== broken) return;
    this.#client = undefined;
    for (let attempt = 0; attempt < 120 && !this.#closed; attempt++) {
      let client: pg.Client | undefined;
      try {
        client = await this.#connect();
        this.#client = undefined;
        // Waits for a worker that is taking over, and until Postgres notices that the old connection is gone.
        await client.query(`SELECT pg_advisory_lock(${lockOf})`, [this.#executor]);
        const { rowCount: forgotten } = await this.#list(client);
        this.#client = client;
        if (forgotten === 0) return;
        this.#closed = true;
        this.#lost(`its connection to the database broke (${why}), and another worker took over its tasks`);
        return;
      } catch (error) {
        // It may hold the lock, for which the next attempt would wait forever.
        void client?.end().catch(() => {});
        why = messageOf(error);
        await sleep(1000);
      }
    }
    if (!this.#closed) this.#lost(`the database could not be used for two minutes (${why})`);
  }
}

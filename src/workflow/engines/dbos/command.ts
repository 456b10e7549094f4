/** The command's side: queues a run, reports its progress from the records, and cancels it when it is stopped. */
import { setTimeout as sleep } from "node:timers/promises";
import { DBOSClient, type WorkflowStatus } from "@dbos-inc/dbos-sdk";
import type pg from "pg";
import { readRecord } from "../../records/read-record.js";
import { type EndRecord, keys, type RunRecord } from "../../records/records.js";
import type { EngineOptions } from "../local.js";
import { Attendance } from "./attendance.js";
import { livingWorkers } from "./claims.js";
import { connectionsTo, databaseError, isWithoutTables, quietLogger } from "./database.js";
import {
  application,
  applicationVersion,
  type RunOrder,
  runQueue,
  runWorkflow,
  workflowId,
} from "./names.js";
import { Teller } from "./teller.js";

export interface DbosOptions extends Omit<EngineOptions, "reuse" | "maxWorkers" | "pool"> {
  /** Already checked: see `answeringDatabase`. */
  readonly databaseUrl: string;
  readonly cache: boolean;
}

const lookEvery = 500;

/** Whether a run is in the queue or with a worker. */
export async function isActive(run: RunRecord, databaseUrl: string): Promise<boolean> {
  return connected(databaseUrl, async (client) => {
    const status = await statusOf(client, workflowId(run.flow, run.run));
    return status?.status === "PENDING" || status?.status === "ENQUEUED" || status?.status === "DELAYED";
  });
}

async function connected<T>(
  url: string,
  work: (client: DBOSClient, database: pg.Pool) => Promise<T>,
): Promise<T> {
  const database = connectionsTo(url);
  try {
    const client = await DBOSClient.create({
      systemDatabaseUrl: url,
      systemDatabasePool: database,
      applicationName: application,
      logger: quietLogger,
    });
    try {
      return await work(client, database);
    } finally {
      await client.destroy();
    }
  } catch (error) {
    throw databaseError(error, url);
  } finally {
    await database.end();
  }
}

/** Queues the run unless it is queued already, and waits for its end. */
export function runOnWorkers(options: DbosOptions): Promise<EndRecord> {
  const { run, store, listener, signal } = options;
  return connected(options.databaseUrl, async (client, database) => {
    const id = workflowId(run.flow, run.run);
    const order: RunOrder = { run, store: store.url, cache: options.cache };
    const teller = new Teller(store, run, listener);
    const note = (line: string) => listener({ type: "run-note", line });
    const attendance = new Attendance(note, performance.now());
    let queued = false;
    for (;;) {
      queued ||= await enqueue(client, order);
      const workers = await livingWorkers(database).catch((error) =>
        isWithoutTables(error) ? 0 : databaseError(error, options.databaseUrl),
      );
      attendance.note(workers, performance.now());
      // Asked only if the database answers, since DBOS would wait for it.
      const isKnown = queued && typeof workers === "number";
      const status = isKnown ? await statusOf(client, id).catch(() => undefined) : undefined;
      // The database was made anew; results are in the datastore.
      if (status === null) queued = false;
      const looked = performance.now();
      await teller.look().catch(() => {});
      const pause = Math.max(lookEvery, 4 * (performance.now() - looked));
      const end = await readRecord<EndRecord>(store, keys.end(run.flow, run.run)).catch(() => undefined);
      if (end) {
        // Reports what was written since the last look.
        await teller.look().catch(() => {});
        return end;
      }
      const finished = new Date().toISOString();
      if (signal.aborted && queued) {
        if (typeof workers !== "number")
          note(
            "the run cannot be cancelled before the database can be used: a second Ctrl-C leaves it to the workers",
          );
        await client.cancelWorkflow(id, { cancelChildren: true });
      }
      if (signal.aborted || status?.status === "CANCELLED") return { status: "stopped", finished };
      if (status?.status === "ERROR" || status?.status === "MAX_RECOVERY_ATTEMPTS_EXCEEDED") {
        const message = String((status.error as Error)?.message ?? status.status);
        const failed = { step: run.nodes[0]!.name, task: "0", error: { kind: "error", message } } as const;
        return { status: "failed", finished, failed };
      }
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  });
}

/** A workflow's status; null if the database does not know it. */
async function statusOf(client: DBOSClient, id: string): Promise<WorkflowStatus | null> {
  try {
    return (await client.getWorkflow(id)) ?? null;
  } catch (error) {
    if (isWithoutTables(error)) return null;
    throw error;
  }
}

/** Queues a run; idempotent. Returns false if no worker has been started with this database yet. */
async function enqueue(client: DBOSClient, order: RunOrder): Promise<boolean> {
  const workflowID = workflowId(order.run.flow, order.run.run);
  try {
    await client.enqueue(
      { workflowName: runWorkflow, queueName: runQueue, workflowID, appVersion: applicationVersion },
      order,
    );
    return true;
  } catch (error) {
    if (isWithoutTables(error)) return false;
    throw error;
  }
}

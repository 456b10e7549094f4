/** The command's side: puts a run into the queue, tells what the records say of it, and cancels it when it is stopped. */
import { setTimeout as sleep } from "node:timers/promises";
import { DBOSClient } from "@dbos-inc/dbos-sdk";
import { type EndRecord, keys, type RunRecord, readRecord } from "../../records.js";
import type { EngineOptions } from "../local.js";
import { isWithoutTables, quietLogger } from "./database.js";
import {
  application,
  applicationVersion,
  type RunOrder,
  runQueue,
  runWorkflow,
  workflowId,
} from "./names.js";
import { Teller } from "./teller.js";

export interface DbosOptions extends Omit<EngineOptions, "reuse" | "flow" | "maxWorkers" | "pool"> {
  /** Of a database that answers. */
  readonly databaseUrl: string;
  readonly cache: boolean;
}

const lookEvery = 500;

/** Whether workers have a run in hand, or will take it. */
export async function isActive(run: RunRecord, databaseUrl: string): Promise<boolean> {
  const client = await connect(databaseUrl);
  try {
    const status = await client.getWorkflow(workflowId(run.flow, run.run));
    return status?.status === "PENDING" || status?.status === "ENQUEUED" || status?.status === "DELAYED";
  } catch (error) {
    if (isWithoutTables(error)) return false;
    throw error;
  } finally {
    await client.destroy();
  }
}

const connect = (url: string) =>
  DBOSClient.create({ systemDatabaseUrl: url, applicationName: application, logger: quietLogger });

/** Waits for the run's end, whoever runs it. */
export async function runOnWorkers(options: DbosOptions): Promise<EndRecord> {
  const { run, store, listener, signal } = options;
  const client = await connect(options.databaseUrl);
  try {
    const id = workflowId(run.flow, run.run);
    const order: RunOrder = { run, store: store.url, cache: options.cache };
    const teller = new Teller(store, run, listener);
    const begun = performance.now();
    let warned = false;
    let queued = false;
    const warn = () => {
      if (warned || performance.now() - begun < 5000) return;
      warned = true;
      const line = "no worker has taken the run yet; start one: segue worker";
      listener({ type: "task-log", step: run.nodes[0]!.name, task: "0", stream: "err", line });
    };
    for (;;) {
      queued ||= await enqueue(client, order);
      const status = queued ? await client.getWorkflow(id).catch(() => undefined) : undefined;
      const looked = performance.now();
      await teller.look().catch(() => {});
      const pause = Math.max(lookEvery, 4 * (performance.now() - looked));
      const end = await readRecord<EndRecord>(store, keys.end(run.flow, run.run)).catch(() => undefined);
      if (end) {
        // What was written since the last look.
        await teller.look().catch(() => {});
        return end;
      }
      if (signal.aborted) {
        if (queued) await client.cancelWorkflow(id, { cancelChildren: true });
        return { status: "stopped", finished: new Date().toISOString() };
      }
      if (
        status?.status === "ERROR" ||
        status?.status === "CANCELLED" ||
        status?.status === "MAX_RECOVERY_ATTEMPTS_EXCEEDED"
      ) {
        const message =
          status.status === "CANCELLED"
            ? "cancelled"
            : String((status.error as Error)?.message ?? status.status);
        return {
          status: status.status === "CANCELLED" ? "stopped" : "failed",
          finished: new Date().toISOString(),
          ...(status.status === "CANCELLED"
            ? {}
            : {
                failed: { step: run.nodes[0]!.name, task: "0", error: { kind: "error" as const, message } },
              }),
        };
      }
      if (!queued || status?.status === "ENQUEUED") warn();
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  } finally {
    await client.destroy();
  }
}

/** False where no worker has been started with this database yet. To enqueue twice is to enqueue once. */
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

/** The command's side: puts a run into the queue, tells what the records say of it, and cancels it when it is stopped. */
import { setTimeout as sleep } from "node:timers/promises";
import { DBOSClient } from "@dbos-inc/dbos-sdk";
import { type DoneRecord, type EndRecord, keys, readRecord } from "../../records.js";
import { findTasks } from "../../tasks.js";
import type { EngineOptions } from "../local.js";
import { checkDatabase, databaseUrlOf, isWithoutTables, quietLogger } from "./database.js";
import {
  application,
  applicationVersion,
  type RunOrder,
  runQueue,
  runWorkflow,
  workflowId,
} from "./names.js";

export interface DbosOptions extends Omit<EngineOptions, "reuse" | "flow" | "maxWorkers"> {
  readonly databaseUrl?: string;
  readonly cache: boolean;
}

const lookEvery = 500;

/** Waits for the run's end, whoever runs it. */
export async function runOnWorkers(options: DbosOptions): Promise<EndRecord> {
  const { run, store, listener, signal } = options;
  const url = databaseUrlOf(options.databaseUrl);
  await checkDatabase(url);
  const client = await DBOSClient.create({
    systemDatabaseUrl: url,
    applicationName: application,
    logger: quietLogger,
  });
  try {
    const id = workflowId(run.flow, run.run);
    const order: RunOrder = { run, store: store.url, cache: options.cache };
    const seen = new Set<string>();
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
      await tell(options, seen).catch(() => {});
      const end = await readRecord<EndRecord>(store, keys.end(run.flow, run.run)).catch(() => undefined);
      if (end) return end;
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
      await sleep(lookEvery, undefined, { signal }).catch(() => {});
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

/** Passes on what the records say and was not said before. */
async function tell({ run, store, listener }: DbosOptions, seen: Set<string>): Promise<void> {
  const tasks = await findTasks(store, run);
  for (const step of new Set(tasks.map((task) => task.step))) {
    const count = tasks.filter((task) => task.step === step).length;
    if (seen.has(`${step}:${count}`)) continue;
    seen.add(`${step}:${count}`);
    listener({ type: "step-known", step, tasks: count });
  }
  for (const { step, task, status, attempts, error } of tasks) {
    const place = `${step}/${task}`;
    if (attempts.length > 0 && !seen.has(`${place} begun`)) {
      seen.add(`${place} begun`);
      listener({ type: "task-started", step, task, attempt: attempts.length });
    }
    if (status === "done" && !seen.has(place)) {
      seen.add(place);
      const record = await readRecord<DoneRecord>(store, keys.done(run.flow, run.run, step, task));
      if (record) listener({ type: "task-done", record });
    } else if (status === "failed" && error && !seen.has(`${place} ${attempts.length}`)) {
      seen.add(`${place} ${attempts.length}`);
      listener({ type: "task-log", step, task, stream: "err", line: error.message });
    }
  }
}

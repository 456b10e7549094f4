/** Cleans up after a command that was killed: ends task processes that were too busy to notice. */
import { hostname } from "node:os";
import type { Store } from "../../storage/index.js";
import { isAlive } from "../../system/index.js";
import { readSoundRecord } from "../records/read-record.js";
import { type AttemptRecord, keys } from "../records/records.js";
import { killGroup } from "../task/processes.js";

/** Kills the processes of a dead run's unfinished attempts on this machine. Their folders are removed as leftovers of dead processes. */
export async function endLeftovers(store: Store, flow: string, run: string): Promise<void> {
  const started = new Map<string, string>();
  const finished = new Set<string>();
  for await (const { key } of store.list(keys.tasks(flow, run))) {
    const [, , , step, task, attempt, file] = key.split("/");
    if (attempt === "done.json") finished.add(`${step}/${task}`);
    else if (file === "started.json") started.set(key, `${step}/${task}`);
  }
  for (const [key, place] of started) if (!finished.has(place)) await endAttempt(store, key);
}

/** Kills the process of an attempt, if it lives on this machine and is another one. */
async function endAttempt(store: Store, key: string): Promise<void> {
  const attempt = await readSoundRecord<AttemptRecord>(store, key);
  if (!attempt?.born || attempt.host !== hostname() || attempt.pid === process.pid) return;
  if (isAlive(attempt.pid, attempt.born)) killGroup(attempt.pid);
}

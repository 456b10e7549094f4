/** Cleans up after a command that was killed: task processes that were too busy to notice, and their tasks' folders. */
import { rm } from "node:fs/promises";
import { hostname } from "node:os";
import type { Store } from "../storage/index.js";
import { isAlive } from "../system/index.js";
import { killGroup } from "./processes.js";
import { readSoundRecord } from "./read-record.js";
import { type AttemptRecord, keys } from "./records.js";
import { attemptFolder } from "./task-spec.js";

/** Kills the processes of a dead run's unfinished attempts on this machine, and removes the folders of all attempts. */
export async function endLeftovers(store: Store, flow: string, run: string): Promise<void> {
  const started = new Map<string, string>();
  const finished = new Set<string>();
  for await (const { key } of store.list(keys.tasks(flow, run))) {
    const [, , , step, task, attempt, file] = key.split("/");
    if (attempt === "done.json") finished.add(`${step}/${task}`);
    else if (file === "started.json") started.set(key, `${step}/${task}`);
  }
  for (const [key, place] of started) {
    // The process of a finished task may have been killed before it removed its folder.
    if (!finished.has(place) && !(await endAttempt(store, key))) continue;
    const [step, task] = place.split("/") as [string, string];
    const folder = attemptFolder(run, step, task, key.split("/").at(-2)!);
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

/** Kills the process of an attempt, if it lives. @returns false if the attempt is of another machine or of this process, or unknown */
async function endAttempt(store: Store, key: string): Promise<boolean> {
  const attempt = await readSoundRecord<AttemptRecord>(store, key);
  if (!attempt?.born || attempt.host !== hostname() || attempt.pid === process.pid) return false;
  if (isAlive(attempt.pid, attempt.born)) killGroup(attempt.pid);
  return true;
}

/** Measures of time that tests can hold to a bar while the machine is busy with something else. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect } from "vitest";

/** Milliseconds that processors work for this process while `work` runs: others that are at work beside it do not change them. */
export async function processorMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Milliseconds until it is done. */
export async function msUntil(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/**
 * What the end of a process may take that should end within `ms`, on a machine that is as busy as this one is now: by how long a
 * process takes to begin and end that does nothing, some 40 ms on an idle one.
 */
export function msToEnd(ms: number): number {
  const began = performance.now();
  spawnSync(process.execPath, ["-e", ""]);
  return ms + 20 * (performance.now() - began);
}

/**
 * Aborts `run` so many milliseconds after its start, and again where it was late: what a busy machine withheld and did not tell is not
 * withheld twice.
 *
 * @returns the milliseconds from when the abort was due to the end, without those in which the machine did other things
 */
export async function lateness(
  delay: number,
  run: (signal: AbortSignal) => Promise<unknown>,
): Promise<number> {
  const late = await abortAfter(delay, run);
  return late < 100 ? late : Math.min(late, await abortAfter(delay, run));
}

/** They are counted from the last time before the abort was due that this thread let others have their turn. */
async function abortAfter(delay: number, run: (signal: AbortSignal) => Promise<unknown>): Promise<number> {
  const abort = new AbortController();
  let aborted = false;
  const due = performance.now() + delay;
  let last = { time: performance.now(), withheld: withheld() };
  const turns = setInterval(() => {
    const time = performance.now();
    if (time < due) last = { time, withheld: withheld() };
  }, 5);
  const timer = setTimeout(() => {
    aborted = true;
    abort.abort(new Error("enough"));
  }, delay);
  try {
    await expect(run(abort.signal)).rejects.toThrow("enough");
  } finally {
    clearTimeout(timer);
    clearInterval(turns);
  }
  expect(aborted).toBe(true);
  return performance.now() - last.time - withheldSince(last.withheld);
}

/** Milliseconds that each thread of this process stood ready and no processor was free for it (Linux). */
function withheld(): Map<string, number> {
  const threads = existsSync("/proc/self/schedstat") ? readdirSync("/proc/self/task") : [];
  return new Map(threads.map((thread) => [thread, waitedFor(thread)]));
}

/** Of a thread that has ended: 0. */
function waitedFor(thread: string): number {
  try {
    return Number(readFileSync(`/proc/self/task/${thread}/schedstat`, "utf8").split(" ")[1]) / 1e6;
  } catch {
    return 0;
  }
}

/** What was withheld from this thread (the first one of its process) and from the one of its helpers that waited longest. */
function withheldSince(before: ReadonlyMap<string, number>): number {
  const own = String(process.pid);
  const since = new Map(
    [...withheld()].map(([thread, waited]) => [thread, waited - (before.get(thread) ?? 0)]),
  );
  const helpers = [...since].filter(([thread]) => thread !== own).map(([, waited]) => waited);
  return (since.get(own) ?? 0) + Math.max(0, ...helpers);
}

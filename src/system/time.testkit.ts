/** Time measurements that are robust enough for tests on a busy machine. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect } from "vitest";

/** CPU time in milliseconds that this process uses during `work`; other processes do not affect it. */
export async function processorMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Milliseconds until `work` is done. */
export async function msUntil(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/**
 * Milliseconds to allow for a process that should end within `ms` on an idle machine. The allowance grows with the current load,
 * measured by starting an empty process, which takes some 40 ms when idle.
 */
export function msToEnd(ms: number): number {
  const began = performance.now();
  spawnSync(process.execPath, ["-e", ""]);
  return ms + 20 * (performance.now() - began);
}

/**
 * Aborts `run` after `delay` milliseconds, and measures how long it then takes to end. Repeats a slow run once, because a busy
 * machine may have caused the delay.
 *
 * @returns milliseconds from the due time of the abort to the end of `run`, without those spent waiting for a CPU
 */
export async function lateness(
  delay: number,
  run: (signal: AbortSignal) => Promise<unknown>,
): Promise<number> {
  const late = await abortAfter(delay, run);
  return late < 100 ? late : Math.min(late, await abortAfter(delay, run));
}

/** Counts from the last turn of the event loop before the abort was due. */
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

/** Milliseconds that each thread of this process has been runnable but waiting for a CPU (Linux). */
function withheld(): Map<string, number> {
  const threads = existsSync("/proc/self/schedstat") ? readdirSync("/proc/self/task") : [];
  return new Map(threads.map((thread) => [thread, waitedFor(thread)]));
}

/** 0 if the thread has ended. */
function waitedFor(thread: string): number {
  try {
    return Number(readFileSync(`/proc/self/task/${thread}/schedstat`, "utf8").split(" ")[1]) / 1e6;
  } catch {
    return 0;
  }
}

/** Milliseconds since `before` that the main thread waited for a CPU, plus those of the other thread that waited longest. */
function withheldSince(before: ReadonlyMap<string, number>): number {
  const own = String(process.pid);
  const since = new Map(
    [...withheld()].map(([thread, waited]) => [thread, waited - (before.get(thread) ?? 0)]),
  );
  const helpers = [...since].filter(([thread]) => thread !== own).map(([, waited]) => waited);
  return (since.get(own) ?? 0) + Math.max(0, ...helpers);
}

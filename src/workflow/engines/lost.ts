/** Explains why a process ended before its task was done, and what to do about it. */
import { readFileSync } from "node:fs";
import { getSystemErrorName } from "node:util";
import { getHeapStatistics } from "node:v8";
import { usableMemory } from "../../system/index.js";
import type { TaskFailure } from "../flow/types.js";
import { outOfMemory } from "../running/retry.js";

/** How a process ended, and signs of a lack of memory. */
export interface Death {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The line in which V8 or native code reported that it was out of memory, if any. */
  readonly lastWords: string | undefined;
  /** Whether the system killed any process for lack of memory while this one ran, as far as known. */
  readonly systemShortOfMemory: boolean;
  /** How much memory it held when last looked at, in MiB; 0 if unknown. */
  readonly heldMb: number;
}

const noMemory = /^(FATAL ERROR: .*|# Fatal process )out of memory|std::bad_alloc/;

/** Whether a line of standard error is an out-of-memory message of V8 or of native code such as DuckDB. */
export function saysNoMemory(line: string): boolean {
  return noMemory.test(line);
}

/** How many processes the system has killed for lack of memory since it booted; 0 if it does not count them. */
export function memoryKills(): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync("/proc/vmstat", "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/**
 * The failure of the task whose process died.
 *
 * @param pid undefined if the process could not be started
 * @param others how many tasks ran beside it
 */
export function lost(
  pid: number | undefined,
  { code, signal, lastWords, systemShortOfMemory, heldMb }: Death,
  others: number,
): TaskFailure {
  if (pid === undefined) {
    const why = code ? getSystemErrorName(code) : "for an unknown reason";
    const hint =
      why === "EAGAIN" ? "raise the limit of processes (ulimit -u, or the container's)" : undefined;
    return { kind: "lost", message: `its process could not be started (${why})`, hint };
  }
  const failed = (how: string, hint?: string, reason?: string): TaskFailure => ({
    kind: "lost",
    message: `its process (${pid}) ${how} before the task was done`,
    hint,
    code: reason,
    signal: signal ?? undefined,
  });
  const there = `${Math.round(usableMemory() / 2 ** 20)} MiB`;
  const lessMemory =
    others > 0
      ? "run fewer tasks at once: --max-workers 1"
      : `no other task ran beside it: give the machine or the container more memory than its ${there}, or the step less to do`;
  const held = heldMb > 0 ? `; it held ${heldMb} MiB` : "";
  const ended = signal ? `was killed by ${signal}` : `ended with exit code ${code}`;
  if (signal === "SIGKILL" && systemShortOfMemory)
    return failed(
      `was killed by the system, most likely for lack of memory (${signal}${held}),`,
      lessMemory,
      outOfMemory,
    );
  if (signal === "SIGKILL") return failed(`${ended}${held}`, `if it lacked memory: ${lessMemory}`);
  if (lastWords === undefined) return failed(ended);
  const how = `ran out of memory (${signal ?? `exit code ${code}`}${held})`;
  if (!lastWords.includes("heap")) return failed(how, lessMemory, outOfMemory);
  // Task processes have the same heap limit as this one.
  const megabytes = Math.round(getHeapStatistics().heap_size_limit / 2 ** 20);
  return failed(
    how,
    `its JavaScript heap is limited to ${megabytes} MB: raise that with NODE_OPTIONS=--max-old-space-size=${2 * megabytes} before the command${others > 0 ? `; if the machine has no more, ${lessMemory}` : ""}`,
    outOfMemory,
  );
}

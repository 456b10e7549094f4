/** How often and when a failed task is retried. */
import { numberWithin, requireKnown, requireWithin, wholeNumber } from "../../system/index.js";
import type { RetryPolicy } from "../flow/graph.js";
import type { TaskFailure } from "../flow/types.js";

/** The longest time that a step may set, in seconds: 24 days. Node fires a timer of more than 2^31 ms at once. */
export const longestSeconds = 24 * 24 * 3600;

/**
 * Fills in the defaults of a retry policy (count 3, delay 1 s, backoff 2); a bare number is the count.
 *
 * @param where whose policy it is, for messages: ' of step "start"'
 * @throws SegueError (misuse) if a value is out of range
 */
export function retryPolicy(given: number | Partial<RetryPolicy>, where = ""): RetryPolicy {
  const policy = {
    count: 3,
    delay: 1,
    backoff: 2,
    ...(typeof given === "object" ? given : { count: given }),
  };
  requireWithin(wholeNumber(0), `retry${where}`, policy.count);
  requireKnown(policy, ["count", "delay", "backoff"], `retry${where}`);
  requireWithin(numberWithin({ least: 0, most: longestSeconds }), `retry.delay${where}`, policy.delay);
  requireWithin(numberWithin({ least: 1 }), `retry.backoff${where}`, policy.backoff);
  return policy;
}

/** Seconds to wait before retry number `retry` (from 1); at most `longestSeconds`. */
export function retryDelay(policy: RetryPolicy, retry: number): number {
  return Math.min(longestSeconds, policy.delay * policy.backoff ** (retry - 1));
}

/**
 * Whether a task with these failures will be retried, as long as its run continues.
 *
 * @param failures of all attempts so far, in order
 */
export function isTriedAgain(failures: readonly TaskFailure[], retry: RetryPolicy | undefined): boolean {
  let losses = 0;
  for (const failure of failures) if (wasKilled(failure, losses)) losses++;
  const last = failures.at(-1);
  if (last !== undefined && isHopeless(last)) return false;
  return failures.length - losses <= (retry?.count ?? 0);
}

/** Whether the task's input is wrong (exit code 2), so that no retry can succeed. */
export function isHopeless({ exitCode }: TaskFailure): boolean {
  return exitCode === 2;
}

/** How often a task is restarted after its process was killed from outside. */
const killedRetries = 5;

/** The failure code of a task whose process needed more memory than there was. */
export const outOfMemory = "out-of-memory";

/** The failure code of a task whose process was spoiled: something that an earlier task left behind, such as a timer, threw. */
export const leftBehind = "left-behind";

/**
 * Whether a failure is not the task's own: its process was spoiled by an earlier task, or killed from outside, up to
 * `killedRetries` times, or once for lack of memory: others may have needed it at the time. Such a task is restarted regardless of its
 * `retry`. If the process ended by itself, the task failed.
 *
 * @param losses how often this has happened to the task before
 */
export function wasKilled(failure: TaskFailure, losses: number): boolean {
  // Needs no limit: a spoiled process ends, and a new one has nothing left behind in it.
  if (failure.code === leftBehind) return true;
  const isKill = failure.signal === "SIGKILL" || failure.signal === "SIGTERM" || failure.signal === "SIGHUP";
  return failure.kind === "lost" && isKill && losses < (failure.code === outOfMemory ? 1 : killedRetries);
}

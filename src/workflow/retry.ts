/** How often and when a failed task is tried again. */
import { numberWithin, requireKnown, requireWithin, wholeNumber } from "../system/index.js";
import type { RetryPolicy } from "./graph.js";
import type { TaskFailure } from "./types.js";

/** The longest time that a step may name, in seconds: 24 days. A timer that is set for more than 2^31 ms goes off at once. */
export const longestSeconds = 24 * 24 * 3600;

/**
 * Fills in a retry policy: a bare number is the count.
 *
 * @param where whose policy it is, for messages: ' of step "start"'
 * @throws SegueError (misuse) for what is out of its range
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

/** Seconds to wait before retry number `retry` (1 = the first); at most `longestSeconds`. */
export function retryDelay(policy: RetryPolicy, retry: number): number {
  return Math.min(longestSeconds, policy.delay * policy.backoff ** (retry - 1));
}

/**
 * Whether a task whose attempts failed so will be tried again, as long as its run goes on.
 *
 * @param failures in the order of the attempts, the last one too
 */
export function isTriedAgain(failures: readonly TaskFailure[], retry: RetryPolicy | undefined): boolean {
  let losses = 0;
  for (const failure of failures) if (wasKilled(failure, losses)) losses++;
  const last = failures.at(-1);
  if (last !== undefined && isHopeless(last)) return false;
  return failures.length - losses <= (retry?.count ?? 0);
}

/** Whether what the task was told is wrong, so that no other attempt can come out otherwise. */
export function isHopeless({ exitCode }: TaskFailure): boolean {
  return exitCode === 2;
}

/** How often a task is started again when something from outside killed its process. */
const killedRetries = 5;

/** The code of the failure of a task in whose process something threw that an earlier one had left behind, such as a timer. */
export const leftBehind = "left-behind";

/**
 * Whether a failure is none of the task's own: its process was killed from outside, and not too often yet, or spoiled by an earlier task. Such a task runs
 * again whatever its `retry` says. A process that ended by itself is the task's own failure.
 *
 * @param losses how often that happened to the task before
 */
export function wasKilled(failure: TaskFailure, losses: number): boolean {
  // No process is spoiled twice, and a new one holds nothing: that comes to an end by itself.
  if (failure.code === leftBehind) return true;
  const isKill = failure.signal === "SIGKILL" || failure.signal === "SIGTERM" || failure.signal === "SIGHUP";
  return failure.kind === "lost" && isKill && losses < killedRetries;
}

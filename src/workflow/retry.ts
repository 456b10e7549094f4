/** How often and when a failed task is tried again. */
import { misuse } from "../system/index.js";
import type { RetryPolicy } from "./graph.js";

/** Fills in a retry policy: a bare number is the count. */
export function retryPolicy(given: number | Partial<RetryPolicy>): RetryPolicy {
  const policy = {
    count: 3,
    delay: 1,
    backoff: 2,
    ...(typeof given === "number" ? { count: given } : given),
  };
  if (!Number.isInteger(policy.count) || policy.count < 0)
    throw misuse(`retry must be a whole number of 0 or more, got ${policy.count}`);
  return policy;
}

/** Seconds to wait before retry number `retry` (1 = the first). */
export function retryDelay(policy: RetryPolicy, retry: number): number {
  return policy.delay * policy.backoff ** (retry - 1);
}

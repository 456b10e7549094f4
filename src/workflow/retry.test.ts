import { expect, it } from "vitest";
import { longestSeconds, retryDelay, retryPolicy } from "./retry.js";

it("waits longer each time, at most as long as a timer allows", () => {
  const policy = retryPolicy({ count: 100, delay: 10, backoff: 10 });
  expect([1, 2, 3, 7, 400].map((retry) => retryDelay(policy, retry))).toEqual([
    10,
    100,
    1000,
    longestSeconds,
    longestSeconds,
  ]);
  expect(longestSeconds * 1000).toBeLessThan(2 ** 31);
});

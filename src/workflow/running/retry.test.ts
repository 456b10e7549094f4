import { expect, it } from "vitest";
import type { TaskFailure } from "../flow/types.js";
import { isTriedAgain, leftBehind, longestSeconds, retryDelay, retryPolicy } from "./retry.js";

it("waits longer each time, at most as long as a timer allows", () => {
  const policy = retryPolicy({ count: 100, delay: 10, backoff: 10 });
  expect([1, 2, 3, 7, 400].map((retry) => retryDelay(policy, retry))).toEqual([
    10,
    100,
    1000,
    longestSeconds,
    longestSeconds,
  ]);
  expect(retryPolicy({})).toEqual({ count: 3, delay: 1, backoff: 2 });
  expect(retryPolicy(5)).toEqual({ count: 5, delay: 1, backoff: 2 });
  expect(longestSeconds * 1000).toBeLessThan(2 ** 31);
});

it("tries again as often as the policy says, and what was killed from outside five times more, for lack of memory once", () => {
  const failure = (kind: TaskFailure["kind"], more: Partial<TaskFailure> = {}) => ({
    ...{ kind, message: "it failed" },
    ...more,
  });
  const times = (count: number, each: TaskFailure) => Array.from({ length: count }, () => each);
  const again = (failures: TaskFailure[], count?: number) =>
    isTriedAgain(failures, count === undefined ? undefined : retryPolicy(count));
  const [error, late] = [failure("error"), failure("timeout", { signal: "SIGKILL" })];
  for (const each of [error, late, failure("lost", { exitCode: 1 }), failure("lost", { signal: "SIGSEGV" })])
    expect([again([each]), again([each], 1), again([each, each], 1)]).toEqual([false, true, false]);
  expect(again([failure("error", { exitCode: 2 })], 3)).toBe(false);
  for (const signal of ["SIGKILL", "SIGTERM", "SIGHUP"]) {
    const killed = failure("lost", { signal });
    expect([again(times(5, killed)), again(times(6, killed))]).toEqual([true, false]);
    expect([again([...times(5, killed), error], 1), again([error, ...times(6, killed)], 1)]).toEqual([
      true,
      false,
    ]);
  }
  const starved = failure("lost", { signal: "SIGKILL", code: "out-of-memory" });
  expect([again([starved]), again([starved, starved])]).toEqual([true, false]);
  expect(again(times(20, failure("error", { code: leftBehind })))).toBe(true);
});

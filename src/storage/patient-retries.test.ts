import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PatientRetries } from "./patient-retries.js";

beforeEach(() => {
  vi.useFakeTimers();
  // The longest delays that may be drawn.
  vi.spyOn(Math, "random").mockReturnValue(1);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

type ErrorType = Parameters<PatientRetries["refreshRetryTokenForRetry"]>[1]["errorType"];

/** The milliseconds before each retry of a request that always fails, until it is given up. */
async function delays(errorType: ErrorType, attempts?: number, hasAnswered = false): Promise<number[]> {
  const retries = new PatientRetries(attempts, hasAnswered);
  let token = await retries.acquireInitialRetryToken();
  const waited: number[] = [];
  for (;;) {
    const next = await retries.refreshRetryTokenForRetry(token, { errorType }).catch(() => undefined);
    if (next === undefined) return waited;
    token = next;
    waited.push(token.getRetryDelay());
    vi.advanceTimersByTime(token.getRetryDelay());
  }
}

it("waits longer each time, much longer if asked too often, and never for long", async () => {
  expect(await delays("TRANSIENT")).toEqual([100, 200, 400, 800]);
  expect(await delays("THROTTLING")).toEqual([1000, 2000, 4000, 5000]);
  expect(await delays("THROTTLING", 2, true)).toEqual([1000]);
});

it("does not repeat what would fail again", async () => {
  for (const hasAnswered of [false, true]) {
    expect(await delays("CLIENT_ERROR", undefined, hasAnswered)).toEqual([]);
    expect(await delays("SERVER_ERROR", undefined, hasAnswered)).toEqual([]);
  }
});

it("waits a minute and a half for a server that has answered", async () => {
  for (const errorType of ["TRANSIENT", "THROTTLING"] as const) {
    const waited = await delays(errorType, undefined, true);
    const total = waited.reduce((sum, delay) => sum + delay, 0);
    expect(total).toBeGreaterThanOrEqual(90_000);
    expect(total).toBeLessThan(95_001);
    expect(Math.max(...waited)).toBe(5000);
  }
});

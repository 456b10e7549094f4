import { expect, it } from "vitest";
import { duration, statusAndTime } from "./duration.js";

it("shows seconds, minutes and hours, and never 60 of a unit", () => {
  const told = [0.314, 9.994, 9.996, 59.94, 59.96, 119.7, 185, 3599.6, 3725].map(duration);
  expect(told).toEqual([
    "0.31 s",
    "9.99 s",
    "10.0 s",
    "59.9 s",
    "1m 00s",
    "2m 00s",
    "3m 05s",
    "1h 00m",
    "1h 02m",
  ]);
});

it("says for how long a run has had its status", () => {
  expect(statusAndTime("done", 3.2)).toBe("done in 3.20 s");
  expect(statusAndTime("running", 41.1)).toBe("running for 41.1 s");
  expect(statusAndTime("failed", 12)).toBe("failed after 12.0 s");
  expect(statusAndTime("interrupted", undefined)).toBe("interrupted");
});

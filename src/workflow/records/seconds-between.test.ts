import { expect, it } from "vitest";
import type { RunEvent } from "../running/events.js";
import { plainReporter } from "../terminal/reporters/plain-reporter.js";
import { secondsBetween } from "./seconds-between.js";

const [earlier, later] = ["2026-01-01T00:00:00.000Z", "2026-01-01T00:01:00.500Z"];

it("counts no time that ended before it began, by two clocks that differ", () => {
  expect(secondsBetween(earlier, later)).toBe(60.5);
  expect(secondsBetween(earlier, Date.parse(later))).toBe(60.5);
  expect(secondsBetween(later, earlier)).toBeUndefined();
  const lines: string[] = [];
  const record = { step: "start", task: "0", started: later, finished: earlier };
  plainReporter((line) => lines.push(line))({ type: "task-done", record } as unknown as RunEvent);
  expect(lines).toEqual([" start/0 done"]);
});

import { expect, it } from "vitest";
import { LogRelay } from "./log-relay.js";

it("passes on every line while the receiver keeps up", () => {
  const passed: string[] = [];
  const relay = new LogRelay((_, line, sent) => {
    passed.push(line);
    sent();
  });
  for (let i = 0; i < 300_000; i++) relay.pass("out", `${i}`);
  relay.end();
  expect(passed).toHaveLength(300_000);
});

it("drops lines while too much waits, and says how many", () => {
  const passed: string[] = [];
  const waiting: (() => void)[] = [];
  const relay = new LogRelay((_, line, sent) => {
    passed.push(line);
    waiting.push(sent);
  });
  const line = "x".repeat(2 ** 20);
  for (let i = 0; i < 20; i++) relay.pass("out", line);
  const before = passed.length;
  expect(before).toBeLessThan(20);
  for (const sent of waiting) sent();
  relay.pass("out", "again");
  expect(passed.slice(before)).toEqual([
    `… ${20 - before} more lines: \`segue logs\` has everything the task printed`,
    "again",
  ]);
  relay.end();
  expect(passed.at(-1)).toBe("again");
});

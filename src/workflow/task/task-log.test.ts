import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Store } from "../../storage/index.js";
import { LineSplitter, TaskLog } from "./task-log.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("uploads a long log less often, so that total uploads do not grow quadratically", async () => {
  const uploads: number[] = [];
  // No server is needed to count what is sent, and ten minutes have to pass at once.
  const put = async (_: string, contents: string | Uint8Array) => void uploads.push(contents.length);
  const log = new TaskLog({ put } as Partial<Store> as Store, "runs/f/r/tasks/s/0/1-a/log");
  log.write("out", "first");
  await vi.advanceTimersByTimeAsync(3000);
  expect(uploads).toEqual([35]);
  const seconds = 600;
  for (let i = 0; i < 10 * seconds; i++) {
    log.write("out", "x".repeat(5000));
    await vi.advanceTimersByTimeAsync(100);
  }
  const before = uploads.reduce((sum, bytes) => sum + bytes, 0);
  // 30 MB, of which every upload was a part: all 200 of every 3 seconds would be 3 GB.
  expect(before).toBeLessThan(seconds * 300_000);
  expect(uploads.length).toBeGreaterThan(5);
  await log.close();
  expect(uploads.at(-1)).toBeGreaterThan(30_000_000);
});

it("splits a line that does not end, and adds no empty line where its end comes alone", () => {
  const lines: number[] = [];
  const splitter = new LineSplitter((line) => lines.push(line.length));
  const half = "x".repeat(2 ** 19);
  for (const chunk of [half, half, half, half, "\n", "\n", half, half, "x\n", "xx\n"]) splitter.push(chunk);
  splitter.end();
  expect(lines).toEqual([2 ** 20, 2 ** 20, 0, 2 ** 20, 1, 2]);
});

import { afterEach, expect, it, vi } from "vitest";
import { terminalProgress } from "./terminal-progress.js";

const stream = (isTTY: boolean, columns = 80) => {
  const written: string[] = [];
  const write = (text: string) => written.push(text) > 0;
  return { stream: { isTTY, columns, write } as unknown as NodeJS.WriteStream, written };
};
const report = { task: "training", done: 250, total: 1000, unit: "words", note: "2.50M words/s" };

afterEach(() => void vi.useRealTimers());

it("rewrites one line of a terminal and clears it", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const { stream: terminal, written } = stream(true, 30);
  const { progress, clear } = terminalProgress(terminal);
  // The first report after the start of the process may fall into the first tenth of a second.
  vi.advanceTimersByTime(110);
  progress(report);
  expect(written).toEqual(["\r\x1b[2Ktraining 25 % (2.50M words/s)".slice(0, 5 + 29)]);
  progress({ ...report, done: 300 });
  expect(written).toHaveLength(1);
  progress({ ...report, done: 1000, note: undefined });
  expect(written[1]).toBe("\r\x1b[2Ktraining 100 %");
  vi.advanceTimersByTime(110);
  progress({ task: "reading", done: 12_345, unit: "rows" });
  expect(written[2]).toBe("\r\x1b[2Kreading 12,345 rows");
  clear();
  expect(written[3]).toBe("\r\x1b[2K");
});

it("writes nothing to a pipe or a log", () => {
  const { stream: pipe, written } = stream(false);
  const { progress, clear } = terminalProgress(pipe);
  progress({ ...report, done: 1000 });
  clear();
  expect(written).toEqual([]);
});

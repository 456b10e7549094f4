import { expect, it } from "vitest";
import { joined, type Log } from "./task-log.js";

const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `line ${from + i}`);
const part = (from: number, to: number) => ({ from, lines: lines(from, to) });
const textOf = (log: Log) => log.chunks.flatMap((chunk) => chunk.pieces.map((piece) => piece.text)).join("");
const text = (from: number, to: number) =>
  lines(from, to)
    .map((line) => `${line}\n`)
    .join("");

it("goes on with what is new, each line once, and leaves what is there as it is", () => {
  const first = joined(undefined, "1-a", part(100, 600));
  expect(first).toMatchObject({ from: 100, end: 600 });
  const second = joined(first, "1-a", part(600, 610));
  expect(second.chunks[0]).toBe(first.chunks[0]);
  // Requested before the last answer arrived.
  const third = joined(second, "1-a", part(600, 612));
  expect(textOf(third)).toBe(text(100, 612));
  expect(joined(third, "1-a", part(612, 612))).toBe(third);
  expect(joined(third, "1-a", part(600, 610))).toBe(third);
});

it("begins anew with all lines, and with another attempt", () => {
  const last = joined(undefined, "1-a", part(100, 600));
  const all = joined(last, "1-a", part(0, 605));
  expect(all).toMatchObject({ from: 0, end: 605 });
  expect(textOf(all)).toBe(text(0, 605));
  expect(textOf(joined(all, "1-a", part(600, 606)))).toBe(text(0, 606));
  const again = joined(all, "2-b", part(0, 1));
  expect(textOf(again)).toBe(text(0, 1));
});

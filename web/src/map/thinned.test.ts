import { expect, it } from "vitest";
import { thinned } from "./thinned.js";

it("takes evenly of what is too long, from its first to its last, and no item twice", () => {
  const path = Array.from({ length: 397 }, (_, i) => i);
  const some = thinned(path, 200);
  expect(new Set(some).size).toBe(200);
  expect([some[0], some.at(-1)]).toEqual([0, 396]);
  const steps = some.slice(1).map((at, i) => at - some[i]!);
  expect([Math.min(...steps), Math.max(...steps)]).toEqual([1, 2]);
});

it("leaves what is short enough", () => {
  expect(thinned([3, 1, 2], 3)).toEqual([3, 1, 2]);
  expect(thinned([], 3)).toEqual([]);
});

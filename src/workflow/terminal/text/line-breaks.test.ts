import { expect, it } from "vitest";
import { folded, packed } from "./line-breaks.js";

it("breaks lines between parts, and none within", () => {
  const long = `grid = ${"x".repeat(90)}`;
  expect(packed(["k = 1", "seed = 42", long, "data = 2"])).toEqual(["k = 1  seed = 42", long, "data = 2"]);
  expect(packed([])).toEqual([]);
});

it("breaks a long line after its commas, so that the default grid fits 80 columns", () => {
  const point = { recommender: "track2vec", sg: 1, min_count: [3, 5, 10], epochs: 30, window: 10 };
  const line = `grid = ${JSON.stringify([point, point, point])}`;
  const lines = folded(line);
  expect(Math.max(...lines.map((each) => each.length))).toBeLessThanOrEqual(80);
  expect(lines.map((each, i) => (i === 0 ? each : each.slice(2))).join("")).toBe(line);
  expect(lines.length).toBeLessThan(6);
  const long = `image = ${"x".repeat(90)}`;
  expect(folded(long)).toEqual([long]);
  const separated = `title = "${"x".repeat(50)}\u2028${"y".repeat(50)}"`;
  expect(folded(separated)).toEqual([separated]);
  expect(folded("a = 1, b = 2")).toEqual(["a = 1, b = 2"]);
});

import { expect, it } from "vitest";
import { columns } from "./format.js";
import { cut, folded, packed, textWidth } from "./text-width.js";

it("counts wide characters as two, colours as none", () => {
  expect(textWidth("夏の夜 e\u0301 \x1b[31mred\x1b[39m")).toBe(12);
  expect(cut("夏の夜の音楽", 7)).toBe("夏の夜…");
  expect(cut("abc", 3)).toBe("abc");
  expect(cut("\x1b[31mabcdef\x1b[39m", 4)).toBe("\x1b[31mabc…\x1b[39m");
});

it("aligns columns that hold wide characters", () => {
  expect(
    columns([
      ["夏の夜", "1"],
      ["\x1b[31mred\x1b[39m", "2"],
    ]),
  ).toBe("夏の夜  1\n\x1b[31mred\x1b[39m     2");
});

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
  expect(folded("a = 1, b = 2")).toEqual(["a = 1, b = 2"]);
});

import { expect, it } from "vitest";
import { columns } from "./format.js";
import { cut, packed, textWidth } from "./text-width.js";

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

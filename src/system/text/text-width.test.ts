import { expect, it } from "vitest";
import { cut, textWidth } from "./text-width.js";

it("counts wide characters as two, colours as none", () => {
  expect(textWidth("夏の夜 e\u0301 \x1b[31mred\x1b[39m")).toBe(12);
  expect(cut("夏の夜の音楽", 7)).toBe("夏の夜…");
  expect(cut("abc", 3)).toBe("abc");
  expect(cut("\x1b[31mabcdef\x1b[39m", 4)).toBe("\x1b[31mabc…\x1b[39m");
});

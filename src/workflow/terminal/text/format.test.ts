import { expect, it } from "vitest";
import { columns } from "./format.js";

it("aligns columns that hold wide characters", () => {
  expect(
    columns([
      ["夏の夜", "1"],
      ["\x1b[31mred\x1b[39m", "2"],
    ]),
  ).toBe("夏の夜  1\n\x1b[31mred\x1b[39m     2");
});

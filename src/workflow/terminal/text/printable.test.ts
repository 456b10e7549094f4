import { expect, it } from "vitest";
import { printable, uncoloured } from "./printable.js";

it("shows what would act on a terminal, and keeps colours, tabs and lines", () => {
  expect(printable("a\x1b[2Jb\x1b]8;;x\x07c\rd\x9b1Ae\u202ef\x7f")).toBe(
    "a\\u001b[2Jb\\u001b]8;;x\\u0007c\\u000dd\\u009b1Ae\\u202ef\\u007f",
  );
  const harmless = "\x1b[1mbold\x1b[22m \x1b[31mred\x1b[39m\tBeyoncé – 夏\u200f\n";
  expect(printable(harmless)).toBe(harmless);
});

it("shows colours that do not end, or that Segue does not use", () => {
  expect(printable("\x1b[31mred \x1b[2mdim\x1b[22m")).toBe("\\u001b[31mred \x1b[2mdim\x1b[22m");
  expect(printable("\x1b[8mhidden\x1b[28m")).toBe("\\u001b[8mhidden\\u001b[28m");
  expect(printable("\x1b[31m\x9b8m\x1b[39m")).toBe("\\u001b[31m\\u009b8m\\u001b[39m");
  expect(uncoloured("\x1b[2mdim\x1b[22m")).toBe("\\u001b[2mdim\\u001b[22m");
});

it("leaves JSON the same value", () => {
  const value = { track: "a\x1b[2Jb\x9b\u202e\x7f" };
  expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(value);
});

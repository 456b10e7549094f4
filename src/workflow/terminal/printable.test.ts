import { expect, it } from "vitest";
import { printable } from "./printable.js";

it("shows what would act on a terminal, and keeps colours, tabs and lines", () => {
  expect(printable("a\x1b[2Jb\x1b]8;;x\x07c\rd\x9b1Ae\u202ef\x7f")).toBe(
    "a\\u001b[2Jb\\u001b]8;;x\\u0007c\\u000dd\\u009b1Ae\\u202ef\\u007f",
  );
  const harmless = "\x1b[1m\x1b[31mred\x1b[39m\x1b[22m\tBeyoncé – 夏\u200f\n";
  expect(printable(harmless)).toBe(harmless);
});

it("leaves JSON the same value", () => {
  const value = { track: "a\x1b[2Jb\x9b\u202e\x7f" };
  expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(value);
});

import { expect, it } from "vitest";
import { quoted } from "./quoted.js";

it("cuts names that nobody would read to the end", () =>
  expect(quoted(["a b", "x".repeat(10_000)])).toBe(`"a b", "${"x".repeat(200)}…"`));

it("tells how many more names there are", () =>
  expect(quoted(Array.from({ length: 200_000 }, (_, i) => `c${i}`))).toMatch(/"c39" and 199960 more$/));

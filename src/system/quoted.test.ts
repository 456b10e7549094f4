import { expect, it } from "vitest";
import { quoted } from "./quoted.js";

it("cuts names that nobody would read to the end", () =>
  expect(quoted(["a b", "x".repeat(10_000)])).toBe(`"a b", "${"x".repeat(200)}…"`));

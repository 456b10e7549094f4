import { expect, it } from "vitest";
import { asWritten, numberWithin, requireWithin, type ValueRange, wholeNumber } from "./value-range.js";

const inf = Number.POSITIVE_INFINITY;

it.each<[ValueRange, string, readonly unknown[], readonly unknown[]]>([
  [wholeNumber(), "a whole number", [-3, 0, 2 ** 53 - 1], [0.5, 2 ** 53, Number.NaN, inf, "1", undefined]],
  [wholeNumber(1), "a whole number ≥ 1", [1, 7], [0, -1, 1.5]],
  [wholeNumber(2, 4), "a whole number from 2 to 4", [2, 3, 4], [1, 5, 2.5]],
  [numberWithin(), "a number", [-1e99, 0.5], [Number.NaN, inf, -inf, "1"]],
  [numberWithin({ least: 0, most: 1 }), "a number from 0 to 1", [0, 0.5, 1], [-1e-9, 1 + 1e-9]],
  [numberWithin({ above: 0, below: 1 }), "a number > 0 and < 1", [1e-9, 0.5], [0, 1]],
  [numberWithin({ above: 0, most: 1 }), "a number > 0 and ≤ 1", [1e-9, 1], [0, 1.1]],
])("%j contains what it says: %s", (range, wanted, held, refused) => {
  expect(range.wanted).toBe(wanted);
  expect(held.filter((value) => !range.holds(value))).toEqual([]);
  expect(refused.filter((value) => range.holds(value))).toEqual([]);
});

it("refuses as misuse, with the name, the valid values and the given one", () => {
  expect(() => requireWithin(wholeNumber(1), "k", 1)).not.toThrow();
  expect(() => requireWithin(wholeNumber(1), "k", 0, "Ask for 20, say.")).toThrow(
    expect.objectContaining({
      message: "k must be a whole number ≥ 1, got 0",
      hint: "Ask for 20, say.",
      exitCode: 2,
    }),
  );
});

it.each<[unknown, string]>([
  ["5", '"5"'],
  [5, "5"],
  [undefined, "undefined"],
  [{ a: ["b"] }, '{"a":["b"]}'],
  [Array.from({ length: 25 }, String), "25 values"],
  [Float32Array.of(1, 2), "2 values"],
  [{ tracks: Array.from({ length: 25 }, String) }, '{"tracks":"25 values"}'],
  ["a".repeat(300), `"${"a".repeat(199)}…`],
])("writes %j as %s", (value, text) => {
  expect(asWritten(value)).toBe(text);
});

import { expect, it } from "vitest";
import { atOnce } from "../../system/index.js";
import { aliasTableSteps } from "./alias-table.js";
import { noiseSteps } from "./noise.js";

const noise = (exponent: number, ...counts: number[]) => [
  ...atOnce(noiseSteps(Float64Array.from(counts), exponent)),
];

it("is count^exponent, and 0 for tracks never played", () => {
  expect(noise(0.75, 9, 9, 4, 0)).toEqual([9 ** 0.75, 9 ** 0.75, 4 ** 0.75, 0]);
  expect(noise(-0.5, 16, 4, 0)).toEqual([0.25, 0.5, 0]);
  expect(noise(0, 7, 0)).toEqual([1, 0]);
});

it("draws only the most or least frequent tracks for extreme exponents", () => {
  expect(noise(1e9, 90, 30, 0)).toEqual([1, 0, 0]);
  expect(noise(-1e9, 90, 30, 0)).toEqual([0, 1, 0]);
  expect(noise(400, 100, 99)[1]).toBeCloseTo(0.99 ** 400, 12);
  // Bars of both columns: the whole of the second belongs to the first.
  const [first, , second, alias] = atOnce(aliasTableSteps(Float64Array.from(noise(400, 900, 30))));
  expect([first, second, alias]).toEqual([4294967295, 0, 0]);
});

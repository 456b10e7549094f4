import { expect, it } from "vitest";
import { contextMean } from "./unit-vectors.js";

it("is the mean of the existing vectors, however many tracks without one follow", () => {
  const rows = { size: 2, units: Float32Array.of(1, 0, 0, 1) };
  const mean = new Float32Array(2);
  for (const without of [0, 1, 30, 98]) {
    const context = Int32Array.from([0, 1, ...new Array<number>(without).fill(-1)]);
    // 0.75 × (1, 0) + (0, 1), which has a length of 1.25.
    expect(contextMean(rows, context, 0.75, mean)).toBe(true);
    expect(mean[0]).toBeCloseTo(0.6, 6);
    expect(mean[1]).toBeCloseTo(0.8, 6);
  }
  expect(contextMean(rows, Int32Array.of(-1, -1), 0.75, mean)).toBe(false);
});

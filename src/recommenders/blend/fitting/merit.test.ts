import { expect, it } from "vitest";
import { fitMerit } from "./merit.js";

it("the first guess weighs what tells answers from other candidates, and shrinks what says nothing", () => {
  // Of 300 candidates, the answer has the most of feature 1 and the least of feature 3; feature 0 is not used, 2 is always 0.
  const [width, count, queries] = [4, 300, 3];
  const rows = Array.from({ length: queries * count }, (_, r) => r % count);
  const values = Float32Array.from(rows.flatMap((r) => [9, (r + 1) / count, 0, 1 - (r + 1) / count]));
  const data = {
    width,
    start: 0,
    values,
    offsets: Uint32Array.from({ length: queries + 1 }, (_, q) => q * count),
    relevance: Float32Array.from(rows, (r) => (r === count - 1 ? 1 : 0)),
    weights: new Float32Array(rows.length).fill(1),
  };
  const [good, none, bad, goodRoot, noneRoot, badRoot] = fitMerit(data, { inputs: [1, 2, 3], passes: 5 });
  for (const [more, less] of [
    [good, none],
    [goodRoot, noneRoot],
  ] as const)
    expect(more).toBeGreaterThan(less! + 0.1);
  for (const [more, less] of [
    [none, bad],
    [noneRoot, badRoot],
  ] as const)
    expect(more).toBeGreaterThan(less! + 0.1);
  expect(none).toBe(noneRoot);
  expect(none).toBeLessThan(1 / 3);
  expect(none).toBeGreaterThan(0.3);
});

it("the first guess is calibrated: candidates that stand for several count as often", () => {
  // Every other query, the answer is the one of 20 candidates with the feature; each of the other 19 stands for three.
  const [count, queries] = [20, 400];
  const rows = Array.from({ length: queries * count }, (_, r) => r);
  const data = {
    width: 1,
    start: 0,
    values: Float32Array.from(rows, (r) => (r % count === 0 ? 1 : 0)),
    offsets: Uint32Array.from({ length: queries + 1 }, (_, q) => q * count),
    relevance: Float32Array.from(rows, (r) =>
      r % (2 * count) === 0 || r % (2 * count) === count + 7 ? 1 : 0,
    ),
    weights: Float32Array.from(rows, (r) => (r % count === 0 ? 1 : 3)),
  };
  const [weight, root] = fitMerit(data, { inputs: [0], passes: 5 });
  expect(weight! + root!).toBeCloseTo(Math.log(3 * 19), 1);
});

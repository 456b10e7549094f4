import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { largest } from "./largest.js";

/** Few distinct values, so that ties at the border are common; lists long enough to be sampled. */
const values = fc
  .tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 2000 }), fc.integer())
  .map(([count, distinct, seed]) => {
    let state = seed >>> 0;
    return Float64Array.from({ length: count }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state >>> 8) % distinct;
    });
  });

describe("the largest values", () => {
  it("equal those found by sorting, for any ties and any number wanted", () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 600 }), (scores, wanted) => {
        const numbers = Uint32Array.from(scores, (_, i) => i * 3);
        const kept = new Uint32Array(wanted);
        const keptValues = new Float64Array(wanted);
        const found = largest(scores, numbers, scores.length, kept, keptValues);
        const sorted = Array.from(scores, (score, i) => ({ score, number: i * 3 })).sort(
          (a, b) => b.score - a.score || b.number - a.number,
        );
        const expected = sorted.slice(0, wanted);
        expect(found).toBe(expected.length);
        const picked = Array.from({ length: found }, (_, i) => ({ score: keptValues[i]!, number: kept[i]! }));
        picked.sort((a, b) => b.score - a.score || b.number - a.number);
        expect(picked).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("leaves the values unchanged", () => {
    const scores = Float64Array.of(3, 1, 2);
    largest(scores, Uint32Array.of(0, 1, 2), 3, new Uint32Array(2), new Float64Array(2));
    expect(Array.from(scores)).toEqual([3, 1, 2]);
  });
});

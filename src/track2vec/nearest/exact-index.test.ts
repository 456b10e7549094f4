import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { Random, SegueError } from "../../system/index.js";
import { ExactIndex } from "./exact-index.js";
import { scanExactly } from "./exact-scan.testkit.js";

function normals(count: number, seed: number): Float32Array {
  const random = new Random(seed);
  return Float32Array.from({ length: count }, () => random.normal());
}

/** The same scores, and the same rows wherever the plain scan's scores tell two rows apart. */
function expectSame(index: ExactIndex, queries: Float32Array, k: number, skip?: Int32Array) {
  const { rows, scores } = index.search(queries, k, skip, 1);
  const plain = scanExactly(index.units, index.size, queries, k, skip);
  expect(rows.length).toBe(plain.rows.length);
  for (let i = 0; i < rows.length; i++) {
    expect(Math.abs(scores[i]! - plain.scores[i]!)).toBeLessThan(2e-6);
    if (rows[i] === plain.rows[i]) continue;
    const own = scanOf(index, queries, Math.floor(i / k), rows[i]!);
    expect(Math.abs(own - plain.scores[i]!)).toBeLessThan(2e-6);
  }
}

function scanOf(index: ExactIndex, queries: Float32Array, q: number, row: number): number {
  const { size, units } = index;
  let sum = 0;
  let square = 0;
  for (let d = 0; d < size; d++) {
    sum += units[row * size + d]! * queries[q * size + d]!;
    square += queries[q * size + d]! ** 2;
  }
  return square > 0 ? sum / Math.sqrt(square) : 0;
}

describe("ExactIndex", () => {
  it("gives the same answers as a plain scan, for any shape", () => {
    fc.assert(
      fc.property(
        fc.record({
          n: fc.integer({ min: 2, max: 600 }),
          size: fc.integer({ min: 1, max: 70 }),
          m: fc.integer({ min: 1, max: 9 }),
          seed: fc.nat(),
          share: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        ({ n, size, m, seed, share }) => {
          const index = new ExactIndex(normals(n * size, seed), size);
          const skip = Int32Array.from({ length: m }, (_, q) => (q % 2 ? q % n : -1));
          expectSame(index, normals(m * size, seed + 1), 1 + Math.floor(share * (n - 2)), skip);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("gives the rank of a row in the answer, or that it has none", () => {
    fc.assert(
      fc.property(
        fc.record({
          n: fc.integer({ min: 2, max: 500 }),
          size: fc.integer({ min: 1, max: 50 }),
          most: fc.integer({ min: 1, max: 40 }),
          seed: fc.nat(),
        }),
        ({ n, size, most, seed }) => {
          const vectors = normals(n * size, seed);
          // Some rows are alike: the lower number stands first.
          if (n > 4) vectors.copyWithin(3 * size, size, 2 * size);
          const index = new ExactIndex(vectors, size);
          const rows = Int32Array.from({ length: 150 }, (_, i) => (i * 31) % n);
          const targets = Int32Array.from({ length: 150 }, (_, i) => (i * 17 + 1) % n);
          const places = index.places(rows, targets, most);
          const k = Math.min(most, n - 1);
          const queries = new Float32Array(rows.length * size);
          rows.forEach((row, q) => {
            queries.set(vectors.subarray(row * size, (row + 1) * size), q * size);
          });
          const answer = index.search(queries, k, rows, 1);
          rows.forEach((row, q) => {
            const at = answer.rows.subarray(q * k, (q + 1) * k).indexOf(targets[q]!);
            expect(places[q]).toBe(targets[q] === row ? 0 : at + 1);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    [1, 0],
    [1, 5],
    [130, 0],
    [300, 2],
    [5000, 0],
  ])("is exact with %i dimensions if all rows have much in common (%i)", (size, common) => {
    const noise = normals(400 * size, 3);
    const index = new ExactIndex(
      noise.map((value, at) => value + common * ((at % size) % 3)),
      size,
    );
    expectSame(
      index,
      normals(2 * size, 4).map((value) => value + common),
      20,
    );
  });

  it("gives the same answers without relaxed SIMD", async () => {
    const size = 21;
    const vectors = normals(3000 * size, 8);
    const queries = normals(9 * size, 9);
    const answer = new ExactIndex(vectors, size).search(queries, 30, undefined, 1);
    vi.stubEnv("SEGUE_RELAXED_SIMD", "0");
    vi.resetModules();
    const { ExactIndex: Plain } = await import("./exact-index.js");
    expect(Plain).not.toBe(ExactIndex);
    expect(new Plain(vectors, size).search(queries, 30, undefined, 1)).toEqual(answer);
    vi.unstubAllEnvs();
  });

  it("is exact if quantisation is not: all rows within 1e-4 of each other", () => {
    const size = 20;
    const noise = normals(3000 * size, 5);
    const index = new ExactIndex(
      noise.map((value, at) => (at % size) + 1 + value * 1e-4),
      size,
    );
    expectSame(
      index,
      Float32Array.from({ length: size }, (_, d) => d + 1),
      50,
    );
  });

  it("orders ties by row number, in every block and thread", () => {
    const size = 8;
    const index = new ExactIndex(
      Float32Array.from({ length: 5000 * size }, (_, at) => at % size),
      size,
    );
    const { rows } = index.search(normals(5 * size, 1), 40);
    for (let q = 0; q < 5; q++)
      expect([...rows.subarray(q * 40, (q + 1) * 40)]).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  it("gives the same answer at any number of threads", () => {
    const size = 33;
    const index = new ExactIndex(normals(20_000 * size, 1), size);
    const queries = normals(1800 * size, 2);
    const one = index.search(queries, 10, undefined, 1);
    for (let round = 0; round < 3; round++) expect(index.search(queries, 10, undefined, 4)).toEqual(one);
  });

  it("gives zeros for a query of zeros, and accepts rows of zeros", () => {
    const index = new ExactIndex(Float32Array.of(0, 0, 1, 0, -1, 0), 2);
    expect(index.search(new Float32Array(2), 3)).toEqual({
      k: 3,
      rows: Uint32Array.of(0, 1, 2),
      scores: new Float32Array(3),
    });
    expect([...index.search(Float32Array.of(-1, 0), 3).rows]).toEqual([2, 0, 1]);
  });

  it("names the row or query that is not finite", () => {
    expect(() => new ExactIndex(Float32Array.of(1, Number.NaN), 1)).toThrow(
      "the vector of row 1 is not finite",
    );
    const index = new ExactIndex(Float32Array.of(1, 1), 1);
    expect(() => index.search(Float32Array.of(1, Number.POSITIVE_INFINITY), 1)).toThrow(SegueError);
  });
});

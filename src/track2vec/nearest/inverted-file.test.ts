import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random, Turns } from "../../system/index.js";
import { TrackVectors } from "../vectors/vectors.js";
import { nearestCentres } from "./clusters.js";
import { buildLists, ListIndex, packLists } from "./inverted-file.js";

/** Tracks around `groups` directions, as those of one kind of music are. */
function grouped(length: number, size: number, groups: number, seed: number): TrackVectors {
  const random = new Random(seed);
  const heart = Float32Array.from({ length: groups * size }, () => random.normal());
  const vectors = new Float32Array(length * size);
  for (let row = 0; row < length; row++) {
    const group = Math.floor(random.next() * groups);
    for (let d = 0; d < size; d++) vectors[row * size + d] = heart[group * size + d]! + 0.5 * random.normal();
  }
  return new TrackVectors({ tracks: Array.from({ length }, (_, row) => `t${row}`), size, vectors });
}

const indexOf = async (vectors: TrackVectors) => {
  const lists = await buildLists(vectors);
  return { lists, index: new ListIndex(packLists(vectors.vectors, vectors.size, lists)) };
};

describe("an inverted file", () => {
  it("contains every row once, in the list with the nearest centre", async () => {
    const vectors = grouped(3000, 12, 40, 1);
    const lists = await buildLists(vectors);
    expect([...lists.rows].sort((a, b) => a - b)).toEqual(Array.from({ length: 3000 }, (_, row) => row));
    const nearest = await nearestCentres(vectors.units, 12, lists.centres, new Turns());
    for (let list = 0; list + 1 < lists.starts.length; list++) {
      for (const row of lists.rows.subarray(lists.starts[list], lists.starts[list + 1]))
        expect(nearest[row]).toBe(list);
    }
  });

  it("has the recall that it states, while scanning few rows", async () => {
    const vectors = grouped(20_000, 16, 300, 2);
    const { lists, index } = await indexOf(vectors);
    expect(lists.recall).toBeGreaterThanOrEqual(0.985);
    expect(lists.probes).toBeLessThan((lists.starts.length - 1) / 4);
    const queries = vectors.vectors.slice(0, 400 * 16);
    const found = index.search(queries, 100);
    const truth = vectors.nearestRows(queries, 100);
    let hits = 0;
    for (let q = 0; q < 400; q++) {
      const own = new Set(found.rows.subarray(q * 100, q * 100 + 100));
      for (const row of truth.rows.subarray(q * 100, q * 100 + 100)) hits += Number(own.has(row));
    }
    expect(hits / truth.rows.length).toBeGreaterThan(0.975);
  });

  it("gives the same answers as the exact scan if it reads all lists, including ties and rows of zeros", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          length: fc.integer({ min: 1, max: 400 }),
          size: fc.integer({ min: 1, max: 40 }),
          seed: fc.nat(),
          share: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        async ({ length, size, seed, share }) => {
          const vectors = grouped(length, size, 5, seed);
          vectors.vectors.fill(0, 0, size);
          vectors.vectors.set(vectors.vectorAt(length - 1), Math.floor(length / 2) * size);
          const lists = { ...(await buildLists(vectors)), probes: Math.round(4 * Math.sqrt(length)) };
          const index = new ListIndex(packLists(vectors.vectors, size, lists));
          const queries = grouped(5, size, 5, seed + 1).vectors;
          const k = 1 + Math.floor(share * (length - 1));
          expect(index.search(queries, k)).toEqual(vectors.nearestRows(queries, k));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("reads more lists if they have fewer rows than requested", async () => {
    const vectors = grouped(900, 8, 30, 3);
    const { lists } = await indexOf(vectors);
    const index = new ListIndex(packLists(vectors.vectors, 8, { ...lists, probes: 1 }));
    const { rows } = index.search(vectors.vectorAt(7), 900);
    expect(new Set(rows).size).toBe(900);
    expect(index.search(vectors.vectorAt(7), 0).rows.length).toBe(0);
  });

  it("stops on abort", async () => {
    const aborted = AbortSignal.abort(new Error("enough"));
    await expect(buildLists(grouped(60_000, 8, 10, 4), aborted)).rejects.toThrow("enough");
  });
});

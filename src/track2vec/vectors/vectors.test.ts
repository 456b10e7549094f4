import { describe, expect, it } from "vitest";
import { TrackVectors } from "./vectors.js";

/** Unit circle: a at 0°, b at 10°, c at 90°, d at 180°, z is zero. */
const circle = new TrackVectors({
  tracks: ["a", "b", "c", "d", "z"],
  size: 2,
  vectors: Float32Array.of(2, 0, 3 * Math.cos(Math.PI / 18), 3 * Math.sin(Math.PI / 18), 0, 1, -5, 0, 0, 0),
  counts: Uint32Array.of(9, 7, 5, 3, 1),
});

describe("TrackVectors", () => {
  it("finds tracks by id and by row", () => {
    expect(circle.indexOf("c")).toBe(2);
    expect(["a", "z", "nobody"].map((track) => circle.has(track))).toEqual([true, true, false]);
    for (const unknown of ["nobody", "", undefined, 5]) expect(circle.indexOf(unknown as string)).toBe(-1);
    expect(circle.indexToKey[1]).toBe("b");
    expect(circle.count("b")).toBe(7);
    expect([...circle.vector("d")]).toEqual([-5, 0]);
  });

  it("ranks by cosine, whatever the lengths, and leaves the query out", () => {
    const { tracks, scores } = circle.nearest("a", 10);
    expect(tracks).toEqual(["b", "c", "z", "d"]);
    expect(scores[0]).toBeCloseTo(Math.cos(Math.PI / 18), 6);
    expect(scores[3]).toBeCloseTo(-1, 6);
  });

  it("orders equal scores by row", () => {
    expect(circle.nearest(Float32Array.of(0, -1), 5).tracks).toEqual(["a", "d", "z", "b", "c"]);
  });

  it("accepts positive and negative lists, with equal weight per track", () => {
    // a + c is the diagonal at 45°: b is 35° away.
    const near = circle.nearest({ positive: ["a", "c"] }, 1);
    expect(near.tracks).toEqual(["b"]);
    expect(near.scores[0]).toBeCloseTo(Math.cos((35 * Math.PI) / 180), 6);
    expect(circle.nearest({ positive: ["c"], negative: ["a"] }, 1).tracks).toEqual(["d"]);
  });

  it("is equally near to all tracks if a list cancels out", () => {
    const vectors = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i + 1));
    const three = new TrackVectors({ tracks: ["a", "b", "c", "d"], size: 3, vectors });
    expect([...three.nearest({ positive: ["a"], negative: ["a"] }, 3).scores]).toEqual([0, 0, 0]);
  });

  it("leaves out excluded tracks", () => {
    expect(circle.nearest("a", 2, { exclude: ["b", "nobody"] }).tracks).toEqual(["c", "z"]);
  });

  it("answers many queries like single ones", () => {
    const { k, rows } = circle.nearestOfRows([0, 3], 10);
    expect(k).toBe(4);
    expect([...rows]).toEqual([1, 2, 4, 3, 2, 4, 1, 0]);
  });

  it("computes similarity and rank", () => {
    expect(circle.similarity("a", "c")).toBeCloseTo(0, 6);
    expect(circle.rank("a", "b")).toBe(1);
    expect(circle.rank("a", "d")).toBe(4);
  });

  it("refuses invalid arguments, saying what is wrong", () => {
    expect(() => circle.nearest("nobody")).toThrow('track "nobody" has no vector');
    expect(() => circle.nearest("x".repeat(10_000))).toThrow(/^track "x{199}… has no vector$/);
    expect(() => circle.similarity("a", 1n as never)).toThrow("track 1 has no vector");
    expect(() => circle.nearest("a", 0)).toThrow("k must be a whole number ≥ 1, got 0");
    expect(() => circle.nearest(Float32Array.of(1))).toThrow("has 1 dimensions, the tracks have 2");
    expect(() => new TrackVectors({ tracks: ["a"], size: 2, vectors: new Float32Array(3) })).toThrow(
      "need 2 values",
    );
    for (const [query, message] of [
      [{ positive: "a" }, 'positive must be a list of tracks and vectors, got "a"'],
      [{ positive: ["a"], negative: 5 }, "negative must be a list of tracks and vectors, got 5"],
      [{ positive: [{}] }, "a query is made of tracks and vectors, got {}"],
      [{ positive: [["a"]] }, "a weight must be a number, got undefined"],
      [Float64Array.of(1, 2), "the query vector must be a Float32Array"],
      [["a", "b"], 'a query is a track, a Float32Array or { positive, negative }, got ["a","b"]'],
      [null, "a query is a track, a Float32Array or { positive, negative }, got null"],
    ] as const)
      expect(() => circle.nearest(query as never)).toThrow(expect.objectContaining({ message, exitCode: 2 }));
    for (const row of [5, -1, 0.5, Number.NaN])
      expect(() => circle.nearestOfRows([0, row], 2)).toThrow(
        `row 1 of the query must be a whole number from 0 to 4, got ${row}`,
      );
    const parts = { tracks: ["a", "b"], size: 1, vectors: Float32Array.of(1, 2) };
    for (const count of [1.5, -1, Number.NaN])
      expect(() => new TrackVectors({ ...parts, counts: Float64Array.of(3, count) })).toThrow(
        `track "b" has ${count} as its count, which is not a whole number ≥ 0`,
      );
    const doubles = Float64Array.of(1, 2) as never;
    expect(() => new TrackVectors({ ...parts, vectors: doubles })).toThrow("a Float32Array of vectors");
    expect(() => new TrackVectors({ ...parts, outputs: doubles })).toThrow("outputs must be a Float32Array");
    expect(() => circle.nearestRows(Float32Array.of(1, 0), 2, { skip: [0] as never })).toThrow(
      "skip must be an Int32Array of one row a query, got [0]",
    );
    const twice = new TrackVectors({ tracks: ["a", "a"], size: 1, vectors: new Float32Array(2) });
    expect(() => twice.indexOf("a")).toThrow('track "a" has two vectors');
    const broken = new TrackVectors({ tracks: ["a"], size: 1, vectors: Float32Array.of(Number.NaN) });
    expect(() => broken.nearest(Float32Array.of(1), 1)).toThrow('the vector of track "a" is not finite');
  });
});

import { describe, expect, it } from "vitest";
import { answering, corpusOf } from "./evaluation.testkit.js";
import { lessWrong, twinSwap, unstablePrefixes } from "./index.js";

const catalogue = corpusOf([["x-song", "x-song - Radio Edit", "y-other", "z-more"]]);
const queries = [
  { context: ["y-other", "x-song"], next: "z-more" },
  { context: ["z-more"], next: "y-other" },
];

describe("twinSwap", () => {
  it("sees a recommender that cares for the title and one that does not", () => {
    const deaf = answering(({ tracks }) => (tracks.at(-1)!.startsWith("x-song") ? ["y-other"] : ["z-more"]));
    expect(twinSwap(deaf, queries, { catalogue })).toMatchObject({ queries: 1, overlap: 1 });
    const literal = answering(({ tracks }) => (tracks.at(-1) === "x-song" ? ["y-other"] : ["z-more"]));
    expect(twinSwap(literal, queries, { catalogue })).toMatchObject({ queries: 1, overlap: 0 });
  });

  it("has nothing to say without twins", () => {
    const recommender = answering(() => ["y-other"]);
    expect(twinSwap(recommender, [queries[1]!], { catalogue })).toEqual({ queries: 0 });
  });
});

describe("lessWrong", () => {
  it("looks at the misses alone", () => {
    const likeness: Record<string, number> = {
      "x-song": 0.9,
      "y-other": 0.1,
      "z-more": 0.1,
      "x-song - Radio Edit": 0.1,
    };
    const recommender = answering(({ tracks }) => (tracks.length === 2 ? ["z-more"] : ["x-song"]));
    const found = lessWrong(recommender, queries, { catalogue, similarity: (a) => likeness[a] });
    expect(found.misses).toBe(1);
    expect(found.similarity).toBe(0.9);
    const often = Array.from({ length: 500 }, () => queries[1]!);
    const { misses, random } = lessWrong(recommender, often, { catalogue, similarity: (a) => likeness[a] });
    expect(misses).toBe(500);
    // One track in four is as like as 0.9, the others 0.1.
    expect(random).toBeCloseTo(0.3, 1);
  });
});

describe("unstablePrefixes", () => {
  it("finds answers that change with k", () => {
    expect(
      unstablePrefixes(
        answering(() => ["a", "b", "c"]),
        queries,
        { short: 1, long: 3 },
      ),
    ).toEqual([]);
    const fickle = {
      name: "fickle",
      recommend: (contexts: readonly unknown[], k: number) =>
        contexts.map(() => ({ tracks: [`only-for-${k}`], scores: Float32Array.of(1) })),
    };
    expect(unstablePrefixes(fickle, queries)).toEqual(queries);
    expect(() => unstablePrefixes(fickle, queries, { short: 60 })).toThrow(
      "short must be at most long, got 60 and 50",
    );
  });
});

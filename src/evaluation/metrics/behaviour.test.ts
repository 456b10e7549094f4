import { describe, expect, it } from "vitest";
import { answering, corpusOf } from "../evaluation.testkit.js";
import { lessWrong, twinSwap, unstablePrefixes } from "../index.js";

const catalogue = corpusOf([["x-song", "x-song - Radio Edit", "y-other", "z-more"]]);
const queries = [
  { context: ["y-other", "x-song"], next: "z-more" },
  { context: ["z-more"], next: "y-other" },
];

describe("twinSwap", () => {
  it("distinguishes recommenders that use the title from those that do not", () => {
    const deaf = answering(({ tracks }) => (tracks.at(-1)!.startsWith("x-song") ? ["y-other"] : ["z-more"]));
    expect(twinSwap(deaf, queries, { catalogue })).toMatchObject({ queries: 1, overlap: 1 });
    const literal = answering(({ tracks }) => (tracks.at(-1) === "x-song" ? ["y-other"] : ["z-more"]));
    expect(twinSwap(literal, queries, { catalogue })).toMatchObject({ queries: 1, overlap: 0 });
    // Two tracks in four are of that title.
    const often = Array.from({ length: 500 }, () => queries[0]!);
    expect(twinSwap(deaf, often, { catalogue }).randomOverlap).toBeCloseTo(0.5, 1);
  });

  it("divides the overlap of two answers by the longer one; two empty answers are the same", () => {
    const twins = Array.from({ length: 30 }, () => queries[0]!);
    const asked: number[] = [];
    const swap = (literal: string[], edited: string[]) => {
      const recommender = answering(({ tracks }) => (tracks.at(-1) === "x-song" ? literal : edited));
      const recommend: typeof recommender.recommend = (contexts, k) => {
        asked.push(contexts.length, k);
        return recommender.recommend(contexts, k);
      };
      return twinSwap({ name: "r", recommend }, twins, { catalogue, sample: 25 }).overlap;
    };
    expect(swap(["y-other"], ["y-other", "z-more"])).toBe(1 / 2);
    expect(swap(["y-other", "z-more"], ["y-other"])).toBe(1 / 2);
    expect(swap([], [])).toBe(1);
    // Of the thirty as many as the sample says, for as many tracks as by default; before the swap and after each of two.
    expect(asked).toEqual(Array.from({ length: 9 }, () => [25, 20]).flat());
  });

  it("is undefined without twins", () => {
    const recommender = answering(() => ["y-other"]);
    expect(twinSwap(recommender, [queries[1]!], { catalogue })).toEqual({ queries: 0 });
  });
});

describe("lessWrong", () => {
  it("considers only misses", () => {
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
    const right = lessWrong(recommender, [queries[0]!], { catalogue, similarity: (a) => likeness[a] });
    expect(right).toEqual({ misses: 0, similarity: undefined, random: undefined });
    const asked: string[] = [];
    const similarity = (a: string) => void asked.push(a);
    lessWrong(
      answering(() => []),
      queries,
      { catalogue, similarity },
    );
    expect(asked).toEqual([]);
    const often = Array.from({ length: 500 }, () => queries[1]!);
    const { misses, random } = lessWrong(recommender, often, { catalogue, similarity: (a) => likeness[a] });
    expect(misses).toBe(500);
    // One track in four is as like as 0.9, the others 0.1.
    expect(random).toBeCloseTo(0.3, 1);
  });
});

it("uses the first twenty by default", () => {
  const answer = Array.from({ length: 30 }, (_, i) => `t${i}`);
  const far = corpusOf([answer]);
  const missed = (place: number) =>
    lessWrong(
      answering(() => answer),
      [{ context: [], next: `t${place - 1}` }],
      { catalogue: far, similarity: () => 1 },
    ).misses;
  expect([missed(20), missed(21)]).toEqual([0, 1]);
});

describe("unstablePrefixes", () => {
  it("detects answers that change with k", () => {
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

it("names a recommender that does not return a ranking for each query", () => {
  for (const answer of [[], Promise.resolve([])]) {
    const mine = { name: "mine", recommend: () => answer as never };
    for (const test of [
      () => lessWrong(mine, queries, { catalogue, similarity: () => 1 }),
      () => twinSwap(mine, queries, { catalogue }),
      () => unstablePrefixes(mine, queries),
    ])
      expect(test).toThrow(/^mine must give [12] rankings, one a context, got /);
  }
});

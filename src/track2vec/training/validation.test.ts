import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CorpusBuilder, playlistCount } from "../../corpus/index.js";
import { atOnce, inSlices } from "../../system/index.js";
import { TrackVectors } from "../vectors/vectors.js";
import { trainTrack2Vec } from "./train.js";
import { groupedCorpus } from "./train.testkit.js";
import { hitRatio, holdBack, Judge } from "./validation.js";

const circle = new TrackVectors({
  tracks: ["a", "b", "c", "d"],
  size: 2,
  vectors: Float32Array.of(1, 0, 0.9, 0.1, 0, 1, -1, 0),
});

describe("hitRatio", () => {
  const queries = [
    { context: ["x", "a"], next: "b" },
    { context: ["a"], next: "d" },
    { context: ["nobody"], next: "a" },
    { context: ["a"], next: "nobody" },
    { context: [], next: "a" },
  ];

  it("looks among the k nearest of the last track; unknown tracks are misses", () => {
    expect(hitRatio(circle, { queries, k: 1 })).toBe(1 / 5);
    expect(hitRatio(circle, { queries, k: 3 })).toBe(2 / 5);
    expect(hitRatio(circle, { queries: [] })).toBe(0);
  });

  it("is the same in slices, which stop on abort", async () => {
    const { vectors } = await trainTrack2Vec(groupedCorpus(), { minCount: 1, epochs: 1, vectorSize: 8 });
    const many = Array.from({ length: 500 }, (_, q) => ({
      context: [vectors.tracks[q % 200]!],
      next: vectors.tracks[(q * 7) % 200]!,
    }));
    const whole = hitRatio(vectors, { queries: many, k: 20 });
    const judge = atOnce(Judge.open({ queries: many, k: 20 }, vectors.tracks));
    const { size } = vectors;
    expect(await inSlices(judge.hitRatio(vectors.vectors, size))).toBe(whole);
    // Longer than a slice, so that the signal is looked at.
    const [rows, asked] = [40_000, 2000];
    const names = Array.from({ length: rows }, (_, row) => `${row}`);
    const queries = names.slice(0, asked).map((name) => ({ context: [name], next: "1" }));
    const large = atOnce(Judge.open({ queries }, names));
    const values = Float32Array.from({ length: rows * size }, (_, i) => Math.sin(i));
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(inSlices(large.hitRatio(values, size), signal)).rejects.toThrow("enough");
  });
});

describe("holdBack", () => {
  it("puts every play into one part, the same for a seed", () => {
    const playlists = fc.array(fc.array(fc.nat(9), { minLength: 1, maxLength: 6 }), {
      minLength: 5,
      maxLength: 40,
    });
    fc.assert(
      fc.property(
        playlists,
        fc.double({ min: 0.2, max: 0.8, noNaN: true }),
        fc.nat(99),
        (lists, share, seed) => {
          const builder = new CorpusBuilder();
          for (const [p, list] of lists.entries())
            builder.add({ id: `${p}`, tracks: list.map((t) => `t${t}`) });
          const corpus = builder.build();
          let parts: ReturnType<typeof holdBack>;
          try {
            parts = holdBack(corpus, share, seed);
          } catch (error) {
            expect(String(error)).toMatch(/leaves nothing to (train on|ask about)/);
            return;
          }
          const { rest, queries } = parts;
          expect(playlistCount(rest) + queries.length).toBe(lists.length);
          const kept = Array.from({ length: playlistCount(rest) }, (_, p) =>
            [...rest.items.subarray(rest.offsets[p], rest.offsets[p + 1])]
              .map((item) => rest.tracks[item])
              .join(),
          );
          const held = queries.map(({ context, next }) => [...context, next].join());
          const all = lists.map((list) => list.map((t) => `t${t}`).join());
          expect([...kept, ...held].sort()).toEqual(all.sort());
          expect(holdBack(corpus, share, seed)).toEqual(parts);
        },
      ),
    );
  });

  it("refuses invalid shares", () => {
    for (const share of [0, 1, Number.NaN, -0.1]) {
      expect(() => holdBack(groupedCorpus(), share, 1)).toThrow(/must be a number > 0 and < 1/);
    }
  });
});

it("stops training after three epochs without improvement by default", async () => {
  // All are among so many nearest, from the first epoch on.
  const corpus = groupedCorpus();
  const queries = [{ context: [corpus.tracks[0]!], next: corpus.tracks[1]! }];
  const validation = { queries, k: 1_000_000 };
  const run = await trainTrack2Vec(corpus, { validation, minCount: 1, epochs: 9 });
  expect(run.hitRatioPerEpoch).toEqual([1, 1, 1, 1]);
  expect(run.epoch).toBe(1);
});

it("does not end training before the first hit, and keeps the last epoch if there is none", async () => {
  const corpus = groupedCorpus();
  const options = { minCount: 1, epochs: 6, sample: 0 };
  const unknown = { context: ["nobody"], next: corpus.tracks[1]! };
  const judged = await trainTrack2Vec(corpus, {
    ...options,
    validation: { queries: [unknown], patience: 1 },
  });
  expect(judged.hitRatioPerEpoch).toEqual([0, 0, 0, 0, 0, 0]);
  expect(judged.epoch).toBe(6);
  expect(judged.vectors.vectors).toEqual((await trainTrack2Vec(corpus, options)).vectors.vectors);
});

it("training refuses an invalid validation", async () => {
  const queries = [{ context: ["a"], next: "b" }];
  const train = (validation: object) =>
    trainTrack2Vec(groupedCorpus(), { validation: validation as never, minCount: 1 });
  await expect(train({ queries: [] })).rejects.toThrow("the validation has no queries");
  await expect(train({ queries, k: 0 })).rejects.toThrow("validation.k must be a whole number ≥ 1");
  await expect(train({ queries, patience: 1.5 })).rejects.toThrow("validation.patience must be");
});

it("says what to do if too small or too large a share is held back", () => {
  const playlists = new CorpusBuilder();
  for (let p = 0; p < 30; p++) playlists.add({ id: `${p}`, tracks: ["a", "b"] });
  const held = (share: number) => () => holdBack(playlists.build(), share, 1);
  expect(held(1e-6)).toThrow(expect.objectContaining({ hint: "hold back more (a tenth: 0.1)" }));
  expect(held(0.999999)).toThrow(expect.objectContaining({ hint: "hold back less (a tenth: 0.1)" }));
});

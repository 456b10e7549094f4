import { describe, expect, it } from "vitest";
import { CorpusBuilder } from "../../corpus/index.js";
import { resolveOptions, type Word2VecOptions } from "../options/options.js";
import { trainTrack2Vec } from "../training/train.js";
import { groupedCorpus } from "../training/train.testkit.js";
import { planShards } from "./shards.js";

const planOf = (options: Partial<Word2VecOptions>, vocabulary = 20_000, few = { largest: 0, same: 0 }) =>
  planShards(vocabulary, few, resolveOptions({ sg: true, window: 10, ...options }));

describe("how centres are grouped", () => {
  it("shares negatives between many centres if steps are short", () => {
    expect(planOf({})).toMatchObject({ group: 8, shared: 16, sharing: 128 });
    expect(planOf({ negative: 2 })).toMatchObject({ group: 8, shared: 8, sharing: 128 });
    expect(planOf({ sg: false })).toMatchObject({ group: 8, shared: 8, sharing: 8 });
  });

  it("gives each group its own negatives if there are few tracks", () => {
    expect(planOf({}, 16_000)).toMatchObject({ group: 8, shared: 16, sharing: 8, halfway: true });
    expect(planOf({}, 16_384)).toMatchObject({ group: 8, shared: 16, sharing: 128, halfway: false });
  });

  it("shares them between fewer if a negative would move far", () => {
    expect(planOf({ window: 40 }).sharing).toBe(32);
    expect(planOf({ window: 40, shrinkWindows: false }).sharing).toBe(16);
    expect(planOf({ alpha: 0.05 }).sharing).toBe(64);
  });

  it("trains centre by centre if the sum of a group would step too far, or does not exist", () => {
    for (const options of [{ alpha: 0.1 }, { negative: 20, window: 40 }, { negative: 60 }, { hs: true }]) {
      expect(planOf(options)).toMatchObject({ group: 1, sharing: 1 });
    }
    expect(planOf({}, 1000)).toMatchObject({ group: 1, sharing: 1 });
    expect(planOf({}, 20_000, { largest: 0.2, same: 0.05 })).toMatchObject({ group: 1, sharing: 1 });
  });
});

const corpus = groupedCorpus({ groups: 30, tracksPerGroup: 100, playlists: 1500, length: 40 });

it.each([
  { alpha: 0.1 },
  { window: 40, negative: 20 },
  { window: 100, shrinkWindows: false },
  { alpha: 0.05, window: 40 },
])("does not overflow with long steps: %o", async (options) => {
  const given = { sg: true, vectorSize: 16, window: 10, minCount: 1, epochs: 8, threads: 2, ...options };
  const { lossPerEpoch, vectors } = await trainTrack2Vec(corpus, given);
  expect(vectors.vectors.every((x) => Math.abs(x) < 100)).toBe(true);
  // σ = 1/2 everywhere: 1 + negative bits' worth of nats.
  expect(lossPerEpoch.at(-1)).toBeLessThan((1 + (options.negative ?? 5)) * Math.log(2));
});

it("keeps chunks short if all shards together would push a tree's root too far", () => {
  const lengths = [{}, { window: 15 }, { shrinkWindows: false }, { alpha: 0.04 }].map((options) => {
    const { shards, chunkWords } = planOf({ hs: true, ...options });
    return [shards, chunkWords];
  });
  expect(lengths).toEqual([
    [8, 256],
    [8, 121],
    [8, 77],
    [8, 39],
  ]);
  expect(planOf({ hs: true, window: 40 })).toMatchObject({ shards: 0, mostThreads: 1 });
  expect(planOf({ hs: true, window: 40, sg: false })).toMatchObject({ shards: 8, chunkWords: 256 });
  expect(planOf({ window: 40 })).toMatchObject({ shards: 8, chunkWords: 256 });
});

it("has fewer shards if all of them would push few tracks too far", () => {
  const shards = [{}, { sg: false }, { window: 40 }, { negative: 20 }, { alpha: 0.05 }].map((options) =>
    [0.0001, 0.0006, 0.0016, 0.003].map((same) => planOf(options, 20_000, { largest: 0.02, same }).shards),
  );
  expect(shards).toEqual([
    [8, 6, 2, 0],
    [8, 6, 2, 0],
    [8, 0, 0, 0],
    [8, 0, 0, 0],
    [8, 3, 0, 0],
  ]);
  expect(planOf({ hs: true, negative: 0 }, 20_000, { largest: 0.005, same: 0.0001 }).shards).toBe(4);
  expect(planOf({ hs: true, negative: 0 }, 20_000, { largest: 0.012, same: 0.0001 }).shards).toBe(0);
});

it.each([{ sg: true }, { sg: true, hs: true, negative: 0 }, { sg: false }])(
  "does not overflow if one track is every fourth play: %o",
  async (options) => {
    const playlists = new CorpusBuilder();
    for (let p = 0; p < 1500; p++)
      playlists.add({
        id: `p${p}`,
        tracks: Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? "hit" : `t${(p * 20 + i) % 9000}`)),
      });
    const given = { vectorSize: 16, window: 10, minCount: 1, epochs: 2, threads: 2, ...options };
    for (const sample of [0, 0.001]) {
      const { lossPerEpoch, vectors } = await trainTrack2Vec(playlists.build(), { ...given, sample });
      expect(lossPerEpoch[1]).toBeLessThan(lossPerEpoch[0]!);
      expect(vectors.vectors.every((x) => Math.abs(x) < 100)).toBe(true);
    }
  },
);

it("does not overflow with a tree and windows that do not shrink", async () => {
  const many = groupedCorpus({ groups: 90, tracksPerGroup: 100, playlists: 3000, length: 40 });
  const given = {
    sg: true,
    hs: true,
    negative: 0,
    vectorSize: 16,
    window: 15,
    minCount: 1,
    epochs: 2,
    threads: 2,
  };
  const { lossPerEpoch } = await trainTrack2Vec(many, { ...given, shrinkWindows: false });
  expect(lossPerEpoch[0]).toBeLessThan(14 * Math.log(2));
  expect(lossPerEpoch[1]).toBeLessThan(lossPerEpoch[0]!);
});

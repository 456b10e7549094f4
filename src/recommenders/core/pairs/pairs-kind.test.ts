import { expect, it } from "vitest";
import { CorpusBuilder } from "../../../corpus/index.js";
import { fitRecommender, restoreRecommender } from "../../index.js";

/** Scores by track, of what is not filled up. */
async function scored(
  name: "item-to-item" | "transitions",
  playlists: readonly string[][],
  context: string[],
  settings: { last?: number } = {},
) {
  const corpus = new CorpusBuilder();
  for (const tracks of playlists) corpus.add({ id: tracks.join(), tracks });
  const recommender = await fitRecommender(name, corpus.build(), {
    ...{ contextFade: 1, repeats: 0 },
    ...settings,
  });
  const { tracks, scores } = recommender.recommend([{ tracks: context }], 10)[0]!;
  return Object.fromEntries(
    tracks.map((track, i) => [track, scores[i]!]).filter(([, score]) => Number(score) > 0),
  );
}

it("item-to-item, worked by hand: shared playlists divided by the root of the tracks' own, with damping 5", async () => {
  const playlists = [
    ["a", "b"],
    // However far apart.
    ["a", "x", "b"],
    ["c", "a"],
    ["d", "c"],
  ];
  const ofA = {
    b: 2 / (Math.sqrt(3 * 2) + 5),
    c: 1 / (Math.sqrt(3 * 2) + 5),
    x: 1 / (Math.sqrt(3 * 1) + 5),
  };
  expect(await scored("item-to-item", playlists, ["a"])).toEqual({
    b: expect.closeTo(ofA.b, 6),
    c: expect.closeTo(ofA.c, 6),
    x: expect.closeTo(ofA.x, 6),
  });
  // What d says, two places back, counts half.
  expect(await scored("item-to-item", playlists, ["d", "a"])).toEqual({
    b: expect.closeTo(ofA.b, 6),
    c: expect.closeTo(ofA.c + 1 / (Math.sqrt(1 * 2) + 5) / 2, 6),
    x: expect.closeTo(ofA.x, 6),
  });
});

it("item-to-item answers a played track again by its own vote, if tracks repeat; saved models without one answer as before", async () => {
  const builder = new CorpusBuilder();
  for (const [i, tracks] of [
    ["a", "b", "b"],
    ["b", "c"],
    ["d", "d"],
  ].entries())
    builder.add({ id: String(i), tracks });
  const corpus = builder.build();
  const answers = async (settings: { selfVote?: number; repeats?: number }) => {
    const { tracks, scores } = (await fitRecommender("item-to-item", corpus, settings)).recommend(
      [{ tracks: ["c", "d"] }],
      4,
    )[0]!;
    return new Map(tracks.map((track, i) => [track, scores[i]!]));
  };
  const [plain, voted] = [await answers({ selfVote: 0 }), await answers({})];
  expect(plain.get("b")).toBeGreaterThan(0);
  expect(plain.get("c")).toBeLessThan(0);
  expect(voted.get("c")).toBeCloseTo(0.1 * 2 ** -0.7, 6);
  expect(voted.get("b")).toBe(plain.get("b"));
  expect((await answers({ repeats: 0 })).has("c")).toBe(false);
  const state = (await fitRecommender("item-to-item", corpus, { selfVote: 0 })).save();
  const { selfVote: _, ...settings } = state.settings;
  const earlier = restoreRecommender({ ...state, settings }, corpus);
  expect(earlier.recommend([{ tracks: ["c", "d"] }], 4)[0]!.tracks).toEqual([...plain.keys()]);
});

it("transitions, worked by hand: the share of following tracks, with damping 5, decaying with distance", async () => {
  const playlists = [
    ["a", "b"],
    ["a", "c", "b"],
  ];
  // After a: b at once and two places on, c at once, 2.5 in all. After c: b.
  const ofA = { b: (1 + 1 / 2) / (2.5 + 5), c: 1 / (2.5 + 5) };
  expect(await scored("transitions", playlists, ["a"])).toEqual({
    b: expect.closeTo(ofA.b, 6),
    c: expect.closeTo(ofA.c, 6),
  });
  expect(await scored("transitions", playlists, ["a", "unheard"])).toEqual({
    b: expect.closeTo(ofA.b / 2, 6),
    c: expect.closeTo(ofA.c / 2, 6),
  });
  expect(await scored("transitions", playlists, ["c", "a"])).toEqual({
    b: expect.closeTo(ofA.b + 1 / (1 + 5) / 2, 6),
  });
  expect(await scored("transitions", playlists, ["c", "a"], { last: 1 })).toEqual({
    b: expect.closeTo(ofA.b, 6),
  });
});

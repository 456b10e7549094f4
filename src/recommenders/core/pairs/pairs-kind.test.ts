import { expect, it } from "vitest";
import { CorpusBuilder } from "../../../corpus/index.js";
import { fitRecommender } from "../../index.js";

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

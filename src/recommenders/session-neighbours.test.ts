import { expect, it } from "vitest";
import { CorpusBuilder } from "../corpus/index.js";
import { fitRecommender, restoreRecommender } from "./index.js";

/** Three playlists that all begin with one track: two go on with one artist, the third with another. */
function corpus() {
  const builder = new CorpusBuilder();
  for (const tracks of [
    ["Ana-1", "Ben-1", "Ben-2"],
    ["Ana-1", "Ben-1", "Ben-3"],
    ["Ana-1", "Cleo-1", "Cleo-2"],
  ])
    builder.add({ id: tracks.join(), tracks, artists: tracks.map((track) => track.split("-")[0]!) });
  return builder.build();
}

it("boosts tracks of the context's artists, unless turned off", async () => {
  const first = async (tracks: string[], settings = {}) => {
    const recommender = await fitRecommender("vstan", corpus(), { recency: 0, idfVote: 0, ...settings });
    return recommender.recommend([{ tracks }], 1)[0]!.tracks[0];
  };
  expect(await first(["Ana-1"])).toBe("Ben-1");
  expect(await first(["Cleo-unheard", "Cleo-new", "Ana-1"])).toMatch(/^Cleo/);
  expect(await first(["Cleo-unheard", "Cleo-new", "Ana-1"], { artists: 0 })).toBe("Ben-1");
});

it("gives unchanged answers if saved before artists counted", async () => {
  const plain = await fitRecommender("vstan", corpus(), { artists: 0 });
  const state = plain.save();
  const { artists: _, ...settings } = state.settings;
  const restored = restoreRecommender({ ...state, settings }, corpus());
  const contexts = [{ tracks: ["Cleo-unheard", "Cleo-new", "Ana-1"] }];
  expect(restored.recommend(contexts, 5)).toEqual(plain.recommend(contexts, 5));
});

it.each(["v-sknn", "vstan"] as const)("%s answers the last track again if tracks repeat", async (name) => {
  const builder = new CorpusBuilder();
  for (const [i, tracks] of [
    ["Ana-1", "Ana-1", "Ben-1"],
    ["Ana-1", "Ben-1", "Ben-1"],
    ["Cleo-1", "Cleo-2"],
  ].entries())
    builder.add({ id: String(i), tracks });
  const repeating = builder.build();
  const answer = async (settings = {}) => {
    const recommender = await fitRecommender(name, repeating, settings);
    return recommender.recommend([{ tracks: ["Ben-1"] }], 2)[0]!.tracks;
  };
  expect(await answer()).toEqual(["Ana-1", "Ben-1"]);
  expect(await answer({ repeats: 0 })).not.toContain("Ben-1");
});

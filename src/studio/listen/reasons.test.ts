import { beforeAll, describe, expect, it } from "vitest";
import { generatedCorpus } from "../../analysis/analysis.testkit.js";
import { type FittedRecommender, fitRecommender } from "../../recommenders/index.js";
import { reasonsFor } from "./reasons.js";

const corpus = generatedCorpus(200);
const context = ["rock artist 2-song 1", "rock artist 1-song 3"];

/** What Listen shows: the answer without the context's own tracks. */
const answer = (recommender: FittedRecommender, tracks: readonly string[], k = 12) =>
  recommender
    .recommend([{ tracks }], k + tracks.length)[0]!
    .tracks.filter((track) => !tracks.includes(track))
    .slice(0, k);

describe("reasons", () => {
  let popularity: FittedRecommender;
  let transitions: FittedRecommender;
  beforeAll(async () => {
    popularity = await fitRecommender("popularity", corpus);
    transitions = await fitRecommender("transitions", corpus);
  });

  it("name no track if the recommender ignores the playlist", () => {
    const [disliked, ...tracks] = answer(popularity, context);
    const reasons = reasonsFor(popularity, context, tracks, [disliked!]);
    expect(reasons).toEqual(Array.from({ length: 11 }, () => ({ popular: true })));
  });

  it('say "popular" if the playlist is empty or unknown', () => {
    for (const playing of [[], ["nobody-nothing"]]) {
      const tracks = answer(transitions, playing);
      const reasons = reasonsFor(transitions, playing, tracks);
      expect(reasons).toEqual(Array.from({ length: 12 }, () => ({ popular: true })));
    }
  });

  it("name the track that ranks it highest, with its rank", () => {
    const tracks = answer(transitions, context);
    const reasons = reasonsFor(transitions, context, tracks);
    const named = reasons.flatMap(({ because, place }, i) => (because ? [{ because, place, i }] : []));
    expect(named.length).toBeGreaterThan(6);
    for (const { because, place, i } of named) {
      const alone = answer(transitions, [because], 200);
      expect(alone.indexOf(tracks[i]!) + 1).toBe(place);
      for (const other of context)
        expect(answer(transitions, [other], place! - 1 || 1).slice(0, place! - 1)).not.toContain(tracks[i]);
    }
  });

  it("name the track played last of those that rank it as high", () => {
    const alike = (contexts: readonly { tracks: readonly string[] }[]) =>
      contexts.map(({ tracks }) => ({
        tracks: tracks.length > 0 ? ["next"] : [],
        scores: new Float32Array(1),
      }));
    const recommender = { name: "alike", recommend: alike };
    expect(reasonsFor(recommender, ["a", "b", "c"], ["next"])).toEqual([{ because: "c", place: 1 }]);
  });
});

/** What is saved is all that answers depend on: settings differ from their defaults, and contexts repeat tracks. */
import { expect, it } from "vitest";
import { scenes } from "./contract.testkit.js";
import {
  fitRecommender,
  isTrackVectorModel,
  type RecommenderName,
  recommenderKinds,
  restoreRecommender,
} from "./index.js";

const neighbours = { neighbours: 12, last: 4, recency: 0.4, idfVote: 0.3, matchVote: 0.6, artists: 0.5 };
const vectors = { minCount: 1, epochs: 4, vectorSize: 12 };
const settings: Record<RecommenderName, Record<string, unknown>> = {
  popularity: { repeats: 3 },
  "recent-popularity": { repeats: 3, window: 0.3 },
  artist: { repeats: 3 },
  nearest: vectors,
  track2vec: { ...vectors, decay: 0.5, output: 0.1, repeats: 3 },
  transitions: { skip: 4, fade: 0.5, last: 3, contextFade: 0.2, recency: 0.5, repeats: 3 },
  "item-to-item": { last: 3, contextFade: 0.2, damping: 1, window: 9, repeats: 3 },
  "v-sknn": { ...neighbours, repeats: 3 },
  vstan: { ...neighbours, contextDecay: 2, repeats: 3 },
  encoder: { vectorSize: 32, reach: 3, scale: 8, repeats: 3 },
  blend: {
    ...{ trees: 30, folds: 2, vectorEpochs: 1, vectorSize: 32, window: 3, keep: 20 },
    ...{ candidates: 40, nominated: 15, neighbours: 20, perTrack: 60, firstTrees: 5, finalists: 12 },
  },
};

const { titles, ...rest } = scenes();
/** Some words are in one title alone. */
const corpus = { ...rest, titles: titles!.map((title, p) => (p % 10 === 9 ? `rare${p} ${title}` : title)) };

it.each(Object.keys(recommenderKinds))(
  "holds every setting that answers depend on: %s",
  async (name) => {
    const fitted = await fitRecommender(name, corpus, settings[name as RecommenderName], { seed: 5 });
    const state = structuredClone(fitted.save());
    const restored = restoreRecommender(state, { tracks: corpus.tracks, artists: corpus.artists });
    const contexts = Array.from({ length: 40 }, (_, p) => {
      const start = corpus.offsets[p]!;
      const tracks = Array.from(corpus.items.subarray(start, start + 1 + (p % 9)), (i) => corpus.tracks[i]!);
      return { tracks: [...tracks, tracks[0]!], title: p % 3 === 0 ? "rare9 Dub hours" : undefined };
    });
    const answers = fitted.recommend(contexts, 30);
    expect(restored.recommend(contexts, 30)).toEqual(answers);
    // A model that is restored can be saved in turn.
    expect(restored.save()).toEqual(state);
    if ("repeats" in settings[name as RecommenderName])
      expect(answers.some(({ tracks }, p) => tracks.includes(contexts[p]!.tracks[0]!))).toBe(true);
    if (isTrackVectorModel(fitted)) {
      const { counts } = fitted.vectors;
      expect(counts?.length).toBe(fitted.vectors.tracks.length);
      expect(restored).toMatchObject({ vectors: { counts } });
    }
  },
  180_000,
);

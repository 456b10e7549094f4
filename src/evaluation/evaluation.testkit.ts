import { type Corpus, CorpusBuilder } from "../corpus/index.js";
import type { Context, Ranking, Recommender } from "../recommenders/contract.js";

/** A recommender that answers by a function from context to ids, best first. */
export function answering(answer: (context: Context) => readonly string[], name = "scripted"): Recommender {
  return {
    name,
    recommend: (contexts, k) =>
      contexts.map((context): Ranking => {
        const tracks = answer(context).slice(0, k);
        return { tracks, scores: Float32Array.from(tracks, (_, i) => -i) };
      }),
  };
}

export function corpusOf(playlists: readonly string[][], artists?: Record<string, string>): Corpus {
  const builder = new CorpusBuilder();
  for (const [i, tracks] of playlists.entries()) {
    builder.add({ id: `p${i}`, tracks, artists: artists && tracks.map((track) => artists[track]!) });
  }
  return builder.build();
}

/** A recommender that only answers by track number; asking it by id throws. @param tracks the numbered tracks */
export function inNumbers(answer: readonly string[], tracks: readonly string[]): Recommender {
  const recommend = (): never => {
    throw new Error("asked by ids");
  };
  const ranking = {
    numbers: Uint32Array.from(answer, (id) => tracks.indexOf(id)),
    scores: new Float32Array(2),
  };
  const door = (contexts: readonly unknown[]) => contexts.map(() => ranking);
  return { name: "numbers", recommend, inNumbers: { tracks, insteadOf: recommend, recommend: door } };
}

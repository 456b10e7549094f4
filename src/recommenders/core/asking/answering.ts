/** One answer under rules that change with a growing list. */
import type { Catalogue } from "../../../corpus/index.js";
import {
  type Context,
  type FittedRecommender,
  inNumbersOf,
  type Ranking,
  requireRankings,
} from "../../contract.js";
import { TrackNumbers } from "./query.js";

/**
 * A recommender that answers as to this context, whatever it is asked. It asks the other one only for a longer answer than before.
 *
 * @param catalogue what the recommender was fitted on
 */
export function answering(
  recommender: FittedRecommender,
  catalogue: Catalogue,
  context: Context,
): FittedRecommender {
  let asked = 0;
  let answer: Ranking = { tracks: [], scores: new Float32Array(0) };
  const recommend = (_: readonly Context[], k: number): Ranking[] => {
    if (k > asked) {
      const rankings = recommender.recommend([context], k);
      requireRankings(rankings, 1, recommender.name);
      answer = rankings[0]!;
      asked = k;
    }
    return [{ tracks: answer.tracks.slice(0, k), scores: answer.scores.subarray(0, k) }];
  };
  const own = inNumbersOf(recommender, catalogue.tracks);
  const numbered = new TrackNumbers(catalogue.tracks).numbered(context);
  const among = own?.among;
  return {
    name: recommender.name,
    save: () => recommender.save(),
    recommend,
    ...(own !== undefined &&
      among !== undefined && {
        inNumbers: {
          tracks: own.tracks,
          insteadOf: recommend,
          recommend: (_, k) => own.recommend([numbered], k),
          among: (_, k, passes) => among(numbered, k, passes),
        },
      }),
  };
}

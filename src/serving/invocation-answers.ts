/** Answers as `/invocations` does, without HTTP: a deployed endpoint is checked against it. */
import type { FittedRecommender, Ranking } from "../recommenders/index.js";
import { longestText } from "./answers/question.js";
import { openServedModel } from "./model/bundle-source.js";

export interface InvocationAnswers {
  /** Every track that the bundle knows and a request may name: an id can be too long for that. */
  readonly tracks: readonly string[];
  /** The ranking for one track. */
  answer(track: string): Ranking;
  close(): Promise<void>;
}

/**
 * @param recommender default: the bundle's own choice
 * @throws SegueError as `openServedModel` does
 */
export async function openInvocations(bundle: string, recommender?: string): Promise<InvocationAnswers> {
  const { LiveModel } = await import("./answers/served-model.js");
  const model = await openServedModel(bundle, { recommender, onlyWhatAnswers: true });
  const live = new LiveModel(model);
  return {
    tracks: model.catalogue.tracks.filter((track) => track.length <= longestText),
    answer: (track) => {
      const context = { tracks: [track] };
      const asked = live.recommender()!;
      const rank = (by: FittedRecommender) => by.recommend([context], live.invocationsK)[0]!;
      const ranking = rank(asked);
      const other = ranking.tracks.length === 0 ? live.standIn(asked, context) : undefined;
      return other === undefined ? ranking : rank(other);
    },
    close: async () => model.close?.(),
  };
}

/** The answers of `segue recommend`: ranked or extended, under rules, with reasons. */
import type { Context, FittedRecommender, Rules } from "../../recommenders/index.js";
import type { LiveModel } from "../../serving/index.js";
import type { Shown } from "./recommendation-text.js";

export interface AnswerOptions {
  readonly k: number;
  readonly extend?: boolean;
  readonly variety?: number;
  readonly seed?: number;
  readonly explain?: boolean;
  readonly unplayed?: boolean;
  readonly not?: string[];
  readonly perArtist?: number;
  readonly artistSeparation?: number;
  readonly artist?: string[];
  readonly word?: string[];
}

/** The answer to one context, by the model's recommender, or by the fallback if that has none. With `explain`, each track has its reasons. */
export async function answered(
  live: LiveModel,
  context: Context,
  rules: Rules,
  { k, extend, explain, variety = 0, seed = 1 }: AnswerOptions,
): Promise<{ readonly recommender: FittedRecommender; readonly answer: readonly Shown[] }> {
  const { extendPlaylist } = await import("../../recommenders/index.js");
  const ask = (recommender: FittedRecommender): Shown[] => {
    if (extend) {
      const added = extendPlaylist(recommender, live.model.catalogue, context, k, { rules, variety, seed });
      return added.map((track) => ({ track }));
    }
    const ruled = Object.keys(rules).length > 0;
    const ranking = ruled
      ? live.ruled(recommender).recommend(context, k, rules)
      : recommender.recommend([context], k)[0]!;
    return ranking.tracks.map((track, i) => ({ track, score: ranking.scores[i]! }));
  };
  const given = await live.answered(live.recommender()!, context, ask, (answer) => answer.length === 0);
  return explain ? { ...given, answer: await explained(live, given, context, extend) } : given;
}

/** Adds the reasons for each track; in an extended playlist they include the tracks added before. */
async function explained(
  live: LiveModel,
  { recommender, answer }: Awaited<ReturnType<typeof answered>>,
  context: Context,
  extend: boolean | undefined,
): Promise<Shown[]> {
  const { reasonsAsText } = await import("../../recommenders/index.js");
  const explainer = live.explainer(recommender);
  const played = [...context.tracks];
  return answer.map((each) => {
    const reasons = explainer.explain({ ...context, tracks: played }, each.track);
    if (extend) played.push(each.track);
    return { ...each, reasons, because: reasonsAsText(reasons) };
  });
}

export async function rulesOf(live: LiveModel, options: AnswerOptions): Promise<Rules> {
  return {
    ...(options.unplayed ? { excludePlayed: true } : {}),
    ...(options.not ? { exclude: await live.meant(options.not) } : {}),
    ...(options.perArtist === undefined ? {} : { perArtist: options.perArtist }),
    ...(options.artistSeparation === undefined ? {} : { artistSeparation: options.artistSeparation }),
    ...(options.artist ? { artists: await live.artistsMeant(options.artist) } : {}),
    ...(options.word ? { words: options.word } : {}),
  };
}

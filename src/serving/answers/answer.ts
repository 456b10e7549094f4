/** Answers questions from a model in this thread. */
import {
  extendPlaylist,
  type FittedRecommender,
  type Ranking,
  reasonsAsText,
} from "../../recommenders/index.js";
import type { Batcher } from "./batcher.js";
import { nearestTitles, type ReadContext, type ReadRules, readContext, readRules } from "./context.js";
import { type Answer, columnOf, type Question } from "./question.js";
import type { LiveModel } from "./served-model.js";
import { type RuleNames, whyFewer, whyNone } from "./why-none.js";

type Asked<Of extends Question["of"]> = Extract<Question, { of: Of }>["request"];

const extensionFields: RuleNames = {
  artists: "filters.artists",
  words: "filters.words",
  exclude: "exclude",
  perArtist: "per_artist",
  artistSeparation: "artist_separation",
  recommender: "recommender",
};
const fields: RuleNames = { ...extensionFields, excludePlayed: "exclude_played" };

/** @throws HttpError 400 for a recommender that the model does not have */
export function answer(live: LiveModel, batcher: Batcher, { of, request }: Question): Promise<Answer> {
  switch (of) {
    case "recommend":
      return recommend(live, batcher, request);
    case "extend":
      return extend(live, batcher, request);
    case "invocations":
      return invocations(live, batcher, request);
    case "tracks":
      return tracks(live, request);
  }
}

async function recommend(live: LiveModel, batcher: Batcher, request: Asked<"recommend">): Promise<Answer> {
  const read = { ...(await readContext(live, request)), ...(await readRules(live, request)) };
  const { context, recommender: asked, rules } = read;
  const { recommender, answer: ranking } = await live.answered(
    asked,
    context,
    (recommender) =>
      rules === undefined
        ? batcher.rank(recommender, context, request.k)
        : batcher.alone(() => live.ruled(recommender).recommend(context, request.k, rules)),
    ({ tracks }) => tracks.length === 0,
  );
  const shown = ranking.tracks.map((id, i) => ({ ...live.view(id), score: ranking.scores[i]! }));
  if (shown.length === 0) {
    const none = whyNone(live, recommender, context, rules ?? {}, fields);
    return tracksAnswer(live, recommender, read, [], [none]);
  }
  if (!request.explain) return tracksAnswer(live, recommender, read, shown);
  const explained = await batcher.alone(() => {
    const explainer = live.explainer(recommender);
    return shown.map((track) => {
      const reasons = explainer.explain(context, track.id);
      return { ...track, reasons, because: reasonsAsText(reasons) };
    });
  });
  return tracksAnswer(live, recommender, read, explained);
}

async function extend(live: LiveModel, batcher: Batcher, request: Asked<"extend">): Promise<Answer> {
  const read = { ...(await readContext(live, request)), ...(await readRules(live, request)) };
  const { context, recommender: asked, rules } = read;
  const { n, variety, seed } = request;
  const options = { variety, seed, rules };
  const { recommender, answer: added } = await live.answered(
    asked,
    context,
    (recommender) =>
      batcher.alone(() => extendPlaylist(recommender, live.model.catalogue, context, n, options)),
    (tracks) => tracks.length === 0,
  );
  const remarks =
    added.length === 0
      ? [whyNone(live, recommender, context, { ...rules, excludePlayed: true }, extensionFields)]
      : whyFewer(added.length, n, recommender, rules ?? {}, extensionFields);
  const shown = added.map((id) => live.view(id));
  return tracksAnswer(live, recommender, read, shown, remarks);
}

/** The answer of `recommend` and `extend`. */
async function tracksAnswer(
  live: LiveModel,
  recommender: FittedRecommender,
  { fallback, unknown, readAs, notExcluded }: ReadContext & ReadRules,
  tracks: readonly object[],
  remarks: readonly string[] = [],
): Promise<Answer> {
  return {
    json: JSON.stringify({
      bundle: live.version,
      recommender: recommender.name,
      fallback,
      unknown: await nearestTitles(live, unknown),
      ...(readAs.length === 0 ? {} : { read_as: readAs }),
      ...(notExcluded.length === 0 ? {} : { not_excluded: notExcluded }),
      ...(remarks.length === 0 ? {} : { remarks }),
      tracks,
    }),
    unknownTracks: unknown.length,
    fallbacks: Number(fallback),
  };
}

/** TensorFlow Serving's answers: scores in `output_1`, ids in `output_2`, both best first. */
async function invocations(
  live: LiveModel,
  batcher: Batcher,
  { instances, inputs }: Asked<"invocations">,
): Promise<Answer> {
  const rows =
    instances?.map((one) => (typeof one === "object" && "input_1" in one ? one.input_1 : one)) ??
    columnOf(inputs!);
  const asked = rows.map((row) => live.asKnown(typeof row === "string" ? row : row[0]));
  const unknownTracks = asked.filter((track) => !live.knows(track)).length;
  const rankings = await Promise.all(
    asked.map(async (track) => {
      const context = { tracks: [track] };
      const rank = (recommender: FittedRecommender) => batcher.rank(recommender, context, live.invocationsK);
      const none = ({ tracks }: Ranking) => tracks.length === 0;
      return (await live.answered(live.recommender()!, context, rank, none)).answer;
    }),
  );
  const body =
    instances === undefined
      ? { outputs: { output_1: rankings.map(scoresOf), output_2: rankings.map((ranking) => ranking.tracks) } }
      : {
          predictions: rankings.map((ranking) => ({ output_1: scoresOf(ranking), output_2: ranking.tracks })),
        };
  return { json: JSON.stringify(body), unknownTracks, fallbacks: unknownTracks };
}

async function tracks(live: LiveModel, { q, limit }: Asked<"tracks">): Promise<Answer> {
  const search = await live.search();
  return {
    json: JSON.stringify({
      bundle: live.version,
      tracks: search.find(q, limit).map(({ track, score }) => ({ ...live.view(track), score })),
    }),
    unknownTracks: 0,
    fallbacks: 0,
  };
}

function scoresOf({ scores }: Ranking): number[] {
  return Array.from(scores);
}

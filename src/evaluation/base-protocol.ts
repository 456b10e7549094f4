/**
 * The base protocol, always reported so that figures can be compared: the query is the context's last track; the answer is its k
 * nearest tracks by cosine; a query track outside the vocabulary is a random bet; the denominator is every row.
 *
 * A random bet is k distinct tracks of the vocabulary. Instead of drawing it, the expected score is used: for the hit ratio,
 * k / |vocabulary| if the target is in the vocabulary, else 0. So the figure needs no seed and does not depend on luck.
 */
import { setImmediate } from "node:timers/promises";
import type { Recommender } from "../recommenders/contract.js";
import { misuse, type Progress, requireWithin, silent, thingWith } from "../system/index.js";
import type { Question } from "./asking/questions.js";
import { type EvaluateOptions, type Evaluation, evaluateRecommender } from "./evaluate.js";
import { metricNames, type RankingMetrics, randomBetMetrics, rankingMetrics } from "./metrics/metrics.js";

/**
 * Evaluates by the base protocol, for figures that can be compared with those of other systems.
 *
 * @param nearest answers a context of one track with the tracks nearest to it by cosine
 * @param vocabulary the tracks that have a vector
 * @param questions only `next` is relevant: `rest` is ignored
 * @throws as `evaluateRecommender`
 */
export async function evaluateBaseProtocol(
  nearest: Recommender,
  vocabulary: Iterable<string>,
  questions: readonly Question[],
  options: Omit<EvaluateOptions, "base">,
): Promise<Evaluation> {
  requireWithin(thingWith("track ids", Symbol.iterator), "the vocabulary", vocabulary);
  return evaluateRecommender(nearest, questions, { ...options, base: { vocabulary: new Set(vocabulary) } });
}

/** Track vectors that compute a target's rank, which takes less time than to find the tracks before it. */
export interface TargetPlaces {
  /** How many tracks have a vector. */
  readonly length: number;
  has(track: string): boolean;
  /** The rank of each target among the tracks nearest to its track, from 1; 0 if it is not among the first `most`. */
  places(tracks: readonly string[], targets: readonly string[], most: number): Uint32Array;
}

/** Targets per batch. */
const placesAtOnce = 256;

/**
 * Only the accuracy metrics of the base protocol, at one k. They equal those of `evaluateBaseProtocol`, without computing the answers.
 *
 * @param questions only `next` is relevant: `rest` is ignored
 * @throws SegueError (misuse) if there are no questions
 * @throws the signal's reason
 */
export async function baseProtocolMetrics(
  vectors: TargetPlaces,
  questions: readonly Question[],
  k: number,
  { progress = silent, signal }: { readonly progress?: Progress; readonly signal?: AbortSignal } = {},
): Promise<RankingMetrics> {
  if (questions.length === 0) throw misuse("there are no queries to evaluate on");
  const sums = { hitRatio: 0, mrr: 0, ndcg: 0, recall: 0, map: 0 };
  const add = (metrics: RankingMetrics) => {
    for (const name of metricNames) sums[name] += metrics[name];
  };
  const bet = randomBetMetrics(vectors.length, k);
  // A target without a vector cannot be hit. A last track without one is a random bet.
  const asked = questions.filter(({ context, next }) => {
    if (!vectors.has(next)) return false;
    if (vectors.has(context.at(-1) ?? "")) return true;
    add(bet);
    return false;
  });
  for (let from = 0; from < asked.length; from += placesAtOnce) {
    signal?.throwIfAborted();
    const batch = asked.slice(from, from + placesAtOnce);
    const places = vectors.places(
      batch.map(({ context }) => context.at(-1)!),
      batch.map(({ next }) => next),
      k,
    );
    for (const place of places) if (place > 0) add(rankingMetrics([place], 1, k));
    progress({ task: "asking nearest", done: from + batch.length, total: asked.length, unit: "queries" });
    await setImmediate();
  }
  for (const name of metricNames) sums[name] /= questions.length;
  return sums;
}

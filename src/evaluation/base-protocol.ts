/**
 * The base protocol, always reported so that figures can be compared: the query is the last known track; the answer is its k
 * nearest tracks by cosine; a query track outside the vocabulary is a random bet; the denominator is every row.
 *
 * A random bet draws k distinct tracks of the vocabulary. It is not drawn but counted with what it is worth on average,
 * k / |vocabulary| where the target is in the vocabulary and nought where it is not: the figure then needs no seed, and no
 * luck is in it.
 */
import type { Recommender } from "../recommenders/contract.js";
import { type EvaluateOptions, type Evaluation, evaluateRecommender } from "./evaluate.js";
import type { Question } from "./questions.js";

/**
 * @param nearest answers a context of one track with the tracks nearest to it by cosine
 * @param vocabulary the tracks that have a vector
 */
export function evaluateBaseProtocol(
  nearest: Recommender,
  vocabulary: Iterable<string>,
  questions: readonly Question[],
  options: Omit<EvaluateOptions, "base">,
): Promise<Evaluation> {
  return evaluateRecommender(nearest, questions, { ...options, base: { vocabulary: new Set(vocabulary) } });
}

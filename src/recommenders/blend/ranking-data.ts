/** What ranking is learned from: the candidates of queries, a row each. */
export interface RankingData {
  readonly width: number;
  /** Row-major feature values. */
  readonly values: Float32Array;
  /** Query q has the rows [offsets[q], offsets[q + 1]). */
  readonly offsets: Uint32Array;
  /** How much each row is an answer: 1 for what played next, a part of 1 for what played later, 0 for all others. */
  readonly relevance: Float32Array;
  /** How many candidates each row stands for (those left out of the training data are carried by their like). */
  readonly weights: Float32Array;
  /** The feature from whose values boosting starts: a guess that is already a ranking. */
  readonly start: number;
}

/** Training data for ranking: one row per candidate of a query. */
export interface RankingData {
  readonly width: number;
  /** Row-major feature values. */
  readonly values: Float32Array;
  /** Query q has the rows [offsets[q], offsets[q + 1]). */
  readonly offsets: Uint32Array;
  /** The relevance of each row: 1 for the next track, less for later ones, 0 for all others. */
  readonly relevance: Float32Array;
  /** How many candidates each row stands for: sampled rows also stand for those left out. */
  readonly weights: Float32Array;
  /** The feature whose values boosting starts from: the first guess. */
  readonly start: number;
}

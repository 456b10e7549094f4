/** What should play next: every recommender, behind one contract. */
export type {
  Context,
  FitOptions,
  FittedRecommender,
  NumericArray,
  Ranking,
  Recommender,
  RecommenderKind,
  RecommenderState,
} from "./contract.js";
export { type ParallelRecommender, parallelRecommender } from "./parallel.js";
export { fitRecommender, recommenderKinds, restoreRecommender } from "./registry.js";
export { nearestOf } from "./track2vec.js";

/** What should play next: every recommender, behind one contract. */
export type { Rules } from "./check-rules.js";
export type {
  Context,
  FitOptions,
  FittedRecommender,
  NumericArray,
  Ranking,
  Recommender,
  RecommenderKind,
  RecommenderState,
  SettingsConflict,
} from "./contract.js";
export { artistOfId } from "./core/artists.js";
export type { SettingRanges } from "./core/setting-ranges.js";
export { Explainer, type Reason, reasonsAsText } from "./explain.js";
export { type ExtendOptions, extendPlaylist, longestExtension } from "./extend.js";
export { type ParallelRecommender, parallelRecommender } from "./parallel.js";
export type {
  ArtistPopularitySettings,
  BlendSettings,
  EncoderSettings,
  ItemToItemSettings,
  PopularitySettings,
  SessionNeighboursSettings,
  Track2VecSettings,
  TrainingSettings,
  TransitionsSettings,
} from "./registry.js";
export {
  checkSettings,
  fitRecommender,
  isRecommenderName,
  type RecommenderName,
  recommenderKinds,
  restoreRecommender,
  type SettingsByName,
} from "./registry.js";
export { findState, RuledRecommender } from "./rules.js";
export { isTrackVectorModel, nearestOf, type TrackVectorModel } from "./track2vec.js";

/** What should play next: every recommender, behind one contract. */

export type { BlendSettings } from "./blend/settings.js";
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
export { artistOfId } from "./core/names/artists.js";
export type { SettingRanges } from "./core/setting-ranges.js";
export type { EncoderSettings } from "./encoder/settings.js";
export { Explainer, type Reason, reasonsAsText } from "./explain.js";
export { type ExtendOptions, extendPlaylist, longestExtension } from "./extend.js";
export type { ItemToItemSettings } from "./item-to-item.js";
export { type ParallelRecommender, parallelRecommender } from "./parallel.js";
export type { ArtistPopularitySettings, PopularitySettings } from "./popularity.js";
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
export type { SessionNeighboursSettings } from "./session-neighbours.js";
export {
  isTrackVectorModel,
  nearestOf,
  type Track2VecSettings,
  type TrackVectorModel,
  type TrainingSettings,
} from "./track2vec.js";
export type { TransitionsSettings } from "./transitions.js";

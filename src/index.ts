/**
 * Segue as a library: `import { … } from "segue"`. What loads much or is a subject of its own has a door of its own: `segue/deployment`,
 * `segue/evaluation`, `segue/serving`, `segue/track2vec`, `segue/workflow`.
 */
export { analyzeCorpus, drawMap, fitPowerLaw, tsne } from "./analysis/index.js";
export {
  type Bundle,
  type BundleInput,
  exportVectors,
  type Manifest,
  type NearestIndex,
  openBundle,
  packFolder,
  pgvectorIndex,
  type SqlClient,
  storeInPgvector,
  writeBundle,
} from "./bundle/index.js";
export {
  type Catalogue,
  type Corpus,
  CorpusBuilder,
  type Playlist,
  playlistCount,
  type Query,
  readQueries,
  readSequences,
} from "./corpus/index.js";
export type {
  Context,
  FitOptions,
  FittedRecommender,
  Ranking,
  Recommender,
  RecommenderKind,
} from "./recommenders/contract.js";
export {
  Explainer,
  type ExtendOptions,
  extendPlaylist,
  fitRecommender,
  type Reason,
  RuledRecommender,
  type Rules,
  reasonsAsText,
  recommenderKinds,
  restoreRecommender,
} from "./recommenders/index.js";
export { SegueError } from "./system/index.js";

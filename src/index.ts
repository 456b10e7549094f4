/**
 * Segue as a library: `import { … } from "segue"`. What loads much or is a subject of its own has a door of its own: `segue/deployment`,
 * `segue/evaluation`, `segue/serving`, `segue/track2vec`, `segue/workflow`.
 */
export {
  type Analysis,
  analyzeCorpus,
  drawMap,
  fitPowerLaw,
  type MusicMap,
  type PowerLawFit,
  type TsneResult,
  tsne,
} from "./analysis/index.js";
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
  RecommenderState,
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
export { type Progress, type ProgressReport, SegueError } from "./system/index.js";

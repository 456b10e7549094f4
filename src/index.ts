/** Segue as a library: `import { … } from "segue"`. */
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
export { fitRecommender, recommenderKinds, restoreRecommender } from "./recommenders/index.js";
export { SegueError } from "./system/index.js";

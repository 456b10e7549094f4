/** Track vectors: train, query, save and load them. */
export type { ValueRange } from "../system/index.js";
export { ExactIndex, type NearestRows } from "./exact-index.js";
export { formatOf, loadVectors, saveVectors, type VectorFormat, vectorFormats } from "./formats/index.js";
export { startThreads } from "./idle-threads.js";
export {
  buildLists,
  type InvertedLists,
  ListIndex,
  type ListsWithRecall,
  type PackedLists,
  packLists,
} from "./inverted-file.js";
export {
  resolveOptions as checkWord2VecOptions,
  type Word2VecOptions,
  word2vecDefaults,
  word2vecRanges,
} from "./options.js";
export { requireVectors } from "./require-vectors.js";
export { type TrainingResult, trainTrack2Vec } from "./train.js";
export { type GridOptions, trainGrid } from "./train-grid.js";
export type { EpochReport, TrainOptions } from "./train-options.js";
export { hitRatio, holdBack, type Validation } from "./validation.js";
export type { TrackOrVector, VectorQuery } from "./vector-query.js";
export {
  type NearestRowsOptions,
  type NearestTracks,
  TrackVectors,
  type TrackVectorsParts,
} from "./vectors.js";
export { type Sentences, trainWord2Vec } from "./word2vec.js";
export type { Wording } from "./wording.js";

/** Track vectors: train, query, save and load them. */
export type { ValueRange } from "../system/index.js";
export { formatOf, loadVectors, saveVectors, type VectorFormat, vectorFormats } from "./formats/index.js";
export { ExactIndex, type NearestRows } from "./nearest/exact-index.js";
export {
  buildLists,
  type InvertedLists,
  ListIndex,
  type ListsWithRecall,
  type PackedLists,
  packLists,
} from "./nearest/inverted-file.js";
export {
  resolveOptions as checkWord2VecOptions,
  type Word2VecOptions,
  word2vecDefaults,
  word2vecRanges,
} from "./options/options.js";
export type { EpochReport, TrainOptions } from "./options/train-options.js";
export type { Wording } from "./options/wording.js";
export { startThreads } from "./threads/idle-threads.js";
export { type TrainingResult, trainTrack2Vec } from "./training/train.js";
export { type GridOptions, trainGrid } from "./training/train-grid.js";
export { hitRatio, holdBack, type Validation } from "./training/validation.js";
export { requireVectors } from "./vectors/require-vectors.js";
export type { TrackOrVector, VectorQuery } from "./vectors/vector-query.js";
export {
  type NearestRowsOptions,
  type NearestTracks,
  TrackVectors,
  type TrackVectorsParts,
} from "./vectors/vectors.js";
export { type Sentences, trainWord2Vec } from "./word2vec.js";

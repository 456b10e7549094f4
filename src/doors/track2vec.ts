/**
 * `segue/track2vec`: trains, queries, saves and loads track vectors.
 *
 * @module segue/track2vec
 */
export {
  type EpochReport,
  type GridOptions,
  hitRatio,
  holdBack,
  loadVectors,
  type NearestRows,
  type NearestRowsOptions,
  type NearestTracks,
  type Sentences,
  saveVectors,
  type TrackOrVector,
  TrackVectors,
  type TrackVectorsParts,
  type TrainingResult,
  type TrainOptions,
  trainGrid,
  trainTrack2Vec,
  trainWord2Vec,
  type Validation,
  type VectorFormat,
  type VectorQuery,
  vectorFormats,
  type Word2VecOptions,
  type Wording,
  word2vecDefaults,
} from "../track2vec/index.js";

/**
 * Segue as a library: `import { … } from "segue"`. Separate or heavy subjects have their own entry points: `segue/deployment`,
 * `segue/evaluation`, `segue/serving`, `segue/track2vec`, `segue/workflow`.
 *
 * @module segue
 */
export {
  type AlternativeName,
  type Analysis,
  type AnalyzeOptions,
  analyzeCorpus,
  type Bin,
  type Comparison,
  type Distributions,
  drawMap,
  fitPowerLaw,
  type GenreAgreement,
  type GoodnessOfFit,
  type MapOptions,
  type MapPoint,
  type MusicMap,
  type Neighbours,
  type PowerLawFit,
  type PowerLawReport,
  type Ranked,
  type Tally,
  type TsneOptions,
  type TsneResult,
  tsne,
} from "./analysis/index.js";
export {
  type Bundle,
  type BundleInput,
  exportVectors,
  type Manifest,
  type NearestIndex,
  type OpenOptions,
  openBundle,
  packFolder,
  pgvectorIndex,
  type SqlClient,
  storeInPgvector,
  type WriteBundleOptions,
  writeBundle,
} from "./bundle/index.js";
export {
  type Catalogue,
  type CatalogueMark,
  type Corpus,
  CorpusBuilder,
  type Playlist,
  playlistCount,
  type Query,
  type ReadOptions,
  readQueries,
  readSequences,
  type SequencesOptions,
} from "./corpus/index.js";
export type { ColumnMapping, MappedName } from "./playlists/clean/columns/column-mapping.js";
export type { DayOrder, EscapeStyle, TextEncoding } from "./playlists/clean/raw-file-choices.js";
export type { Reject, RejectReason } from "./playlists/clean/rejects.js";
export type { FieldName } from "./playlists/clean/row-writer.js";
// Not through the room's door, which is slow to load.
export { type PlaylistsRead, type ReadPlaylistsOptions, readPlaylists } from "./playlists/read-playlists.js";
export type {
  Context,
  FitOptions,
  FittedRecommender,
  InNumbers,
  NumberedContext,
  NumberedRanking,
  NumericArray,
  Passes,
  Ranking,
  Recommender,
  RecommenderKind,
  RecommenderState,
  SettingsConflict,
} from "./recommenders/contract.js";
export {
  type ArtistPopularitySettings,
  type BlendSettings,
  type EncoderSettings,
  Explainer,
  type ExtendOptions,
  extendPlaylist,
  fitRecommender,
  type ItemToItemSettings,
  type PopularitySettings,
  type Reason,
  type RecommenderName,
  RuledRecommender,
  type Rules,
  reasonsAsText,
  recommenderKinds,
  restoreRecommender,
  type SessionNeighboursSettings,
  type SettingRanges,
  type SettingsByName,
  type Track2VecSettings,
  type TrainingSettings,
  type TransitionsSettings,
} from "./recommenders/index.js";
export { type Progress, type ProgressReport, SegueError, type ValueRange } from "./system/index.js";

/** Analysis of playlists: distributions, the power law, the map of music, and pictures of these. */
export {
  type Analysis,
  type AnalyzeOptions,
  analyzeCorpus,
  type PowerLawReport,
  picturesOf,
} from "./analyze.js";
export type { Bin, Distributions, Ranked } from "./distributions.js";
export type { GenreAgreement } from "./map/genres.js";
export { mapVectors } from "./map/map-vectors.js";
export { drawMap, type MapOptions, type MapPoint, type MusicMap } from "./map/music-map.js";
export type { Neighbours } from "./map/perplexity.js";
export { type TsneOptions, type TsneResult, tsne } from "./map/tsne.js";
export {
  type AlternativeName,
  type Comparison,
  fitPowerLaw,
  type GoodnessOfFit,
  type PowerLawFit,
  type Tally,
} from "./power-law/index.js";
export { analysisText } from "./text.js";

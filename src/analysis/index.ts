/** Looking at playlists: distributions, the power law, the map of music, and the pictures of them. */
export { type Analysis, analyzeCorpus, picturesOf } from "./analyze.js";
export { mapVectors } from "./map/map-vectors.js";
export { drawMap, type MusicMap } from "./map/music-map.js";
export { type TsneResult, tsne } from "./map/tsne.js";
export { fitPowerLaw, type PowerLawFit } from "./power-law/index.js";
export { analysisText } from "./text.js";

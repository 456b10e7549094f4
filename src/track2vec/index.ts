/** Track vectors: training them, asking them, saving and loading them. */
export type { NearestRows } from "./exact-index.js";
export { type NearestTracks, TrackVectors, type TrackVectorsParts, type VectorQuery } from "./vectors.js";

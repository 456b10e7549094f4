/** Exact nearest rows, by the scan of track2vec. */
import type { TrackVectors } from "../../track2vec/index.js";
import type { NearestIndex } from "./nearest-index.js";

export function exactIndex(vectors: TrackVectors): NearestIndex {
  return { kind: "exact", search: async (queries, k) => vectors.nearestRows(queries, k) };
}

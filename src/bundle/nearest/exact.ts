/** Exact nearest rows, by track2vec's scan. */
import type { TrackVectors } from "../../track2vec/index.js";
import type { NearestIndex } from "./nearest-index.js";

export function exactIndex(vectors: TrackVectors): NearestIndex {
  const searchNow = (queries: Float32Array, k: number) => vectors.nearestRows(queries, k);
  return { kind: "exact", search: async (queries, k) => searchNow(queries, k), searchNow };
}

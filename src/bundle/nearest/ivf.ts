/** Approximate nearest rows by an inverted file (IVF), for more tracks than a scan can handle. */
import { ListIndex, type PackedLists } from "../../track2vec/index.js";
import type { NearestIndex } from "./nearest-index.js";

export function ivfIndex(packed: PackedLists): NearestIndex {
  const index = new ListIndex(packed);
  const most = packed.lists.rows.length;
  const searchNow = (queries: Float32Array, k: number) => index.search(queries, Math.min(k, most));
  return { kind: "ivf", search: async (queries, k) => searchNow(queries, k), searchNow };
}

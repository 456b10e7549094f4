/** Measures the recall of an approximate index. */
import type { TrackVectors } from "../../track2vec/index.js";
import type { NearestIndex } from "./nearest-index.js";

/**
 * The mean share of the true k nearest rows that `index` finds, for tracks spread evenly over all rows.
 *
 * @returns in [0, 1]
 */
export async function measureRecall(
  vectors: TrackVectors,
  index: NearestIndex,
  k = 100,
  sample = 200,
): Promise<number> {
  const wanted = Math.min(k, vectors.length);
  const count = Math.min(sample, vectors.length);
  const queries = new Float32Array(count * vectors.size);
  for (let q = 0; q < count; q++)
    queries.set(vectors.vectorAt(Math.floor((q * vectors.length) / count)), q * vectors.size);
  const truth = vectors.nearestRows(queries, wanted);
  const found = await index.search(queries, wanted);
  let hits = 0;
  for (let q = 0; q < count; q++) {
    const own = new Set(found.rows.subarray(q * wanted, (q + 1) * wanted));
    for (const row of truth.rows.subarray(q * wanted, (q + 1) * wanted)) if (own.has(row)) hits++;
  }
  return count === 0 ? 1 : hits / (count * wanted);
}

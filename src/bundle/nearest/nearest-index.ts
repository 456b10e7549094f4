/** An index that finds nearest rows: an exact scan, an inverted file, or a database. Rows number the vectors that it was built from. */
import type { NearestRows } from "../../track2vec/index.js";

export interface NearestIndex {
  readonly kind: "exact" | "ivf" | "pgvector";
  /**
   * The nearest rows of each query by cosine.
   *
   * @param queries m×size, row-major, any length
   * @param k how many rows per query, 1 ≤ k ≤ the number of rows
   * @returns best first, equal scores by row number; an approximate index may miss some
   */
  search(queries: Float32Array, k: number): Promise<NearestRows>;
  /** The synchronous form, if the index is in this process. */
  searchNow?(queries: Float32Array, k: number): NearestRows;
}

/** How an index was built and how good it is; part of the manifest. */
export interface IndexFacts {
  readonly kind: NearestIndex["kind"];
  /** The mean share of the true k nearest rows that it finds, over a sample of tracks; 1 for an exact index. */
  readonly recall: number;
  /** The k of `recall`. */
  readonly k: number;
  /** For an inverted file: how many lists there are, and how many of them (`probes`) a query searches. */
  readonly lists?: number;
  readonly probes?: number;
}

/** Up to this many vectors an exact scan is fast enough to answer requests. */
export const EXACT_UP_TO = 300_000;

/** Something that finds nearest rows: an exact scan, an inverted file, or a database. Rows are numbers of the vectors it was made of. */
import type { NearestRows } from "../../track2vec/index.js";

export interface NearestIndex {
  readonly kind: "exact" | "ivf" | "pgvector";
  /**
   * The nearest rows of each query by cosine.
   *
   * @param queries m×size, row-major, any length
   * @param k how many each, 1 ≤ k ≤ the number of rows
   * @returns best first, equal scores in order of row number; an approximate index may miss some
   */
  search(queries: Float32Array, k: number): Promise<NearestRows>;
  /** The same at once, where the index is in this process. */
  searchNow?(queries: Float32Array, k: number): NearestRows;
}

/** How an index was made and how good it is; part of the manifest. */
export interface IndexFacts {
  readonly kind: NearestIndex["kind"];
  /** The share of the true k nearest that are found, over a sample of tracks; 1 for an exact index. */
  readonly recall: number;
  /** The k of `recall`. */
  readonly k: number;
  /** Of an inverted file: how many lists there are, and how many of them a query looks into. */
  readonly lists?: number;
  readonly probes?: number;
}

/** Up to here an exact scan is fast enough to answer requests with. */
export const EXACT_UP_TO = 300_000;

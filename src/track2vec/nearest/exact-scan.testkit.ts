/** Exact nearest rows by cosine, by brute force. */
import type { NearestRows } from "./exact-index.js";

/**
 * Scans all rows for each query.
 *
 * @param units n×size, row-major, rows of length 1 (or 0)
 * @param size the number of dimensions
 * @param queries m×size, row-major, any length but not NaN
 * @param k how many rows to return for each, ≤ n (≤ n - 1 with `skip`)
 * @param skip one row per query to exclude (-1: none), such as the query's own
 * @returns best first; equal scores in order of row number
 */
export function scanExactly(
  units: Float32Array,
  size: number,
  queries: Float32Array,
  k: number,
  skip?: Int32Array,
): NearestRows {
  const n = units.length / size;
  const m = queries.length / size;
  const rows = new Uint32Array(m * k);
  const scores = new Float32Array(m * k);
  const all = new Float32Array(n);
  for (let q = 0; q < m; q++) {
    const query = unit(queries.subarray(q * size, (q + 1) * size));
    for (let row = 0; row < n; row++) {
      let sum = 0;
      for (let d = 0, at = row * size; d < size; d++, at++) sum += units[at]! * query[d]!;
      all[row] = sum;
    }
    if (skip && skip[q]! >= 0) all[skip[q]!] = Number.NEGATIVE_INFINITY;
    const best = topRows(all, k);
    for (let i = 0; i < k; i++) {
      rows[q * k + i] = best[i]!;
      scores[q * k + i] = all[best[i]!]!;
    }
  }
  return { k, rows, scores };
}

/** A copy of length 1; a vector of zeros stays as it is. */
export function unit(vector: ArrayLike<number>): Float32Array {
  let square = 0;
  for (let d = 0; d < vector.length; d++) square += vector[d]! * vector[d]!;
  const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
  return Float32Array.from(vector, (value) => value * scale);
}

/** The k highest of `scores`, best first, equal ones in order of number: a heap whose root is the worst one kept. */
function topRows(scores: Float32Array, k: number): Uint32Array {
  const heap = new Uint32Array(k);
  let length = 0;
  const worse = (a: number, b: number) => scores[a]! < scores[b]! || (scores[a]! === scores[b]! && a > b);
  const sink = (row: number, at: number) => {
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && worse(heap[child + 1]!, heap[child]!)) child++;
      if (!worse(heap[child]!, row)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = row;
  };
  for (let row = 0; row < scores.length; row++) {
    if (length < k) {
      let at = length++;
      for (; at > 0; at = (at - 1) >> 1) {
        const parent = heap[(at - 1) >> 1]!;
        if (!worse(row, parent)) break;
        heap[at] = parent;
      }
      heap[at] = row;
    } else if (worse(heap[0]!, row)) sink(row, 0);
  }
  return heap.sort((a, b) => scores[b]! - scores[a]! || a - b);
}

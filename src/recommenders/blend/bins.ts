/** Feature values in at most 64 bins by quantile, so that a split is found by counting. */
import type { Random } from "../../system/index.js";

const sampleSize = 40_000;

/**
 * The upper borders of the bins of each feature: bin b holds values ≤ borders[f][b]. The last one is +∞.
 *
 * @param bins where the bin of each value goes, row-major like `values`
 */
export function binValues(
  values: Float32Array,
  width: number,
  random: Random,
  bins: Uint8Array,
  most = 64,
): readonly Float32Array[] {
  const rows = values.length / width;
  const borders: Float32Array[] = [];
  const picked = Math.min(rows, sampleSize);
  const sample = new Float32Array(picked);
  const chosen = Uint32Array.from({ length: picked }, (_, i) => (picked === rows ? i : random.below(rows)));
  for (let f = 0; f < width; f++) {
    for (let i = 0; i < picked; i++) sample[i] = values[chosen[i]! * width + f]!;
    sample.sort();
    borders.push(bordersOf(sample, most));
  }
  for (let at = 0; at < values.length; at += width) {
    for (let f = 0; f < width; f++) bins[at + f] = binOf(borders[f]!, values[at + f]!);
  }
  return borders;
}

/** Borders between distinct values: one bin a value where there are few, else about equally many values a bin. */
function bordersOf(sorted: Float32Array, most: number): Float32Array {
  const edges: number[] = [];
  const step = sorted.length / most;
  let distinct = 1;
  for (let i = 1; i < sorted.length && distinct <= most; i++) if (sorted[i] !== sorted[i - 1]) distinct++;
  let taken = 0;
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] === sorted[i - 1]) continue;
    if (distinct <= most || i - taken >= step) {
      const middle = Math.fround((sorted[i]! + sorted[i - 1]!) / 2);
      edges.push(middle >= sorted[i]! ? sorted[i - 1]! : middle);
      taken = i;
      if (edges.length === most - 1) break;
    }
  }
  edges.push(Number.POSITIVE_INFINITY);
  return Float32Array.from(edges);
}

function binOf(edges: Float32Array, value: number): number {
  let low = 0;
  let high = edges.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= edges[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Bins feature values by quantile, into at most 64 bins, so that splits are found by histograms. */
import type { Random } from "../../../system/index.js";
import { type BoostMemory, bordersPerFeature, cellsPerFeature, rowsAtOnce } from "./boost-memory.js";

const sampleSize = 40_000;

/**
 * Puts all values into bins, `memory.bins` (laid out as in assembly/_bins.ts).
 *
 * @returns the upper borders of the bins of each feature: bin b holds values ≤ borders[f][b]. The last one is +∞.
 */
export function binValues(
  values: Float32Array,
  width: number,
  random: Random,
  memory: BoostMemory,
): readonly Float32Array[] {
  const rows = values.length / width;
  const borders: Float32Array[] = [];
  const picked = Math.min(rows, sampleSize);
  const sample = new Float32Array(picked);
  const chosen = Uint32Array.from({ length: picked }, (_, i) => (picked === rows ? i : random.below(rows)));
  for (let f = 0; f < width; f++) {
    for (let i = 0; i < picked; i++) sample[i] = values[chosen[i]! * width + f]!;
    sample.sort();
    borders.push(bordersOf(sample, cellsPerFeature));
  }
  memory.borders.fill(Number.POSITIVE_INFINITY);
  for (const [f, edges] of borders.entries()) {
    const at = f * bordersPerFeature;
    memory.borders.set(edges, at + 8);
    for (let i = 0; i < 8; i++) memory.borders[at + i] = memory.borders[at + 8 + 8 * i + 7]!;
  }
  for (let first = 0; first < rows; first += rowsAtOnce) {
    const some = values.subarray(first * width, Math.min(rows, first + rowsAtOnce) * width);
    memory.values.set(some);
    memory.kernel.binRows(
      memory.values.byteOffset,
      first,
      some.length / width,
      rows,
      width,
      memory.borders.byteOffset,
      memory.bins.byteOffset,
    );
  }
  return borders;
}

/** Borders between distinct values: one bin per value if there are few, else bins with about the same number of values. */
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

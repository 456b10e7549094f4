/**
 * Spherical k-means (Dhillon & Modha 2001): clusters of unit rows whose centres are normalised means. The exact scan finds the centre
 * nearest to a row, and nothing is random, so the result does not depend on the number of threads.
 */
import type { Turns } from "../../system/index.js";
import { ExactIndex } from "./exact-index.js";

/** Sampled rows per centre: enough, since centres only need to be near their rows. */
const SAMPLE_PER_CENTRE = 32;
const ROUNDS = 5;
/** Rows per search: tens of milliseconds. */
const BATCH = 16_384;

/**
 * @param units n×size, rows of length 1 (or 0)
 * @param count how many centres, 1 ≤ count ≤ n
 * @param turns lets timers and signals run meanwhile
 * @returns count×size, not normalised: only the direction matters
 */
export async function clusterCentres(
  units: Float32Array,
  size: number,
  count: number,
  turns: Turns,
): Promise<Float32Array> {
  const n = units.length / size;
  const sample = evenRows(units, size, Math.min(n, count * SAMPLE_PER_CENTRE));
  let centres = evenRows(sample, size, count);
  for (let round = 0; round < ROUNDS; round++) {
    const nearest = await nearestCentres(sample, size, centres, turns);
    const sums = new Float32Array(count * size);
    for (let row = 0; row < nearest.length; row++) {
      const to = nearest[row]! * size;
      for (let d = 0; d < size; d++) sums[to + d]! += sample[row * size + d]!;
    }
    // A centre without rows stays where it was.
    for (let c = 0; c < count; c++) {
      const sum = sums.subarray(c * size, (c + 1) * size);
      if (sum.every((value) => value === 0)) sum.set(centres.subarray(c * size, (c + 1) * size));
    }
    centres = sums;
  }
  return centres;
}

/** The number of the centre nearest to each row by cosine; of equally near ones, the lowest. */
export async function nearestCentres(
  units: Float32Array,
  size: number,
  centres: Float32Array,
  turns: Turns,
): Promise<Uint32Array> {
  const index = new ExactIndex(centres, size, (row) => `cluster ${row}`);
  const n = units.length / size;
  const nearest = new Uint32Array(n);
  for (let from = 0; from < n; from += BATCH) {
    const to = Math.min(from + BATCH, n);
    nearest.set(index.search(units.subarray(from * size, to * size), 1).rows, from);
    if (turns.due) await turns.take();
  }
  return nearest;
}

/** `count` of the rows, evenly spaced. */
export function evenRows(rows: Float32Array, size: number, count: number): Float32Array {
  const n = rows.length / size;
  const chosen = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    const row = Math.floor(((i + 0.5) * n) / count);
    chosen.set(rows.subarray(row * size, (row + 1) * size), i * size);
  }
  return chosen;
}

/** Normalises vectors to length 1, and computes the mean of a context's vectors. */

/** How many of a context's last tracks are read. */
const mostOfContext = 100;

/** Copies a row, normalised to length 1 (zeros stay zeros). */
export function copyUnit(
  from: Float32Array,
  at: number,
  to: Float32Array,
  start: number,
  size: number,
): void {
  const scale = unitScale(from, at, size);
  for (let d = 0; d < size; d++) to[start + d] = from[at + d]! * scale;
}

/** The factor that normalises each row to length 1; 0 for a row of zeros. */
export function unitScales(vectors: Float32Array, size: number): Float64Array {
  const scales = new Float64Array(vectors.length / size);
  for (let row = 0; row < scales.length; row++) scales[row] = unitScale(vectors, row * size, size);
  return scales;
}

function unitScale(vectors: Float32Array, at: number, size: number): number {
  let squares = 0;
  for (let d = 0; d < size; d++) squares += vectors[at + d]! ** 2;
  return squares > 0 ? 1 / Math.sqrt(squares) : 0;
}

/** Row vectors: of length 1, or of any length with the `scales` that normalise them. */
export interface UnitRows {
  readonly size: number;
  readonly units: Float32Array;
  readonly scales?: Float64Array;
}

/**
 * Computes the mean of a context's normalised vectors, weighted by decay^(places back), and normalises it.
 *
 * @param rows the row of each context track; -1 if it has none (it still counts as a place)
 * @param mean receives the result
 * @returns whether any track of the context has a vector
 */
export function contextMean(
  { size, units, scales }: UnitRows,
  rows: Int32Array | Uint32Array,
  decay: number,
  mean: Float32Array,
): boolean {
  mean.fill(0);
  const reach = Math.min(mostOfContext, rows.length);
  let nearest = 0;
  for (let d = 1; d <= reach; d++) {
    const row = rows[rows.length - d]!;
    if (row < 0) continue;
    const base = row * size;
    // Relative to the first weight: after many tracks without a vector, the mean would otherwise be almost zero.
    nearest ||= d;
    const weight = decay ** (d - nearest);
    const scale = scales === undefined ? 1 : scales[row]!;
    // Rounded like stored rows of length 1.
    for (let i = 0; i < size; i++) mean[i]! += weight * Math.fround(scale * units[base + i]!);
  }
  return bringToLength1(mean);
}

/** @returns false for a (nearly) zero vector, which stays as it is */
export function bringToLength1(mean: Float32Array): boolean {
  let squares = 0;
  for (const value of mean) squares += value ** 2;
  if (squares < 1e-12) return false;
  const scale = 1 / Math.sqrt(squares);
  for (let i = 0; i < mean.length; i++) mean[i]! *= scale;
  return true;
}

/** The inner product of a vector with row `track` of a matrix. */
export function inner(vector: Float32Array, matrix: Float32Array, track: number): number {
  const size = vector.length;
  const base = track * size;
  let sum = 0;
  for (let d = 0; d < size; d++) sum += vector[d]! * matrix[base + d]!;
  return sum;
}

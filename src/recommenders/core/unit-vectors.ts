/** Vectors brought to length 1, row by row, and the mean of a context's. */

/** How many tracks of a context, from the last, are looked at. */
const mostOfContext = 100;

/** Copies a row brought to length 1 (a row of zeros stays one). */
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

/** What brings each row to length 1; 0 for one of zeros. */
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

/** Vectors by rows: of length 1, or of any length with what brings them there beside them. */
export interface UnitRows {
  readonly size: number;
  readonly units: Float32Array;
  readonly scales?: Float64Array;
}

/**
 * The mean of a context's vectors, brought to length 1, with weights decay^(places back), itself brought to length 1.
 *
 * @param rows of the context's tracks; -1: a track that has none, and takes its place all the same
 * @param mean where it goes
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
    // In shares of the first weight: behind many tracks without a vector all would be too small to tell from a mean of zeros.
    nearest ||= d;
    const weight = decay ** (d - nearest);
    const scale = scales === undefined ? 1 : scales[row]!;
    // Rounded as rows of length 1 are where they are kept.
    for (let i = 0; i < size; i++) mean[i]! += weight * Math.fround(scale * units[base + i]!);
  }
  return bringToLength1(mean);
}

/** @returns false for a vector of zeros, which stays one */
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

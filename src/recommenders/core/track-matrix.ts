/** Track vectors in the order of a catalogue: rows of tracks without a vector are zero. */
import type { Catalogue } from "../../corpus/index.js";
import type { TrackVectors } from "../../track2vec/index.js";
import { TrackNumbers } from "./query.js";

/** How many tracks of a context, from the last, are looked at. */
const mostOfContext = 100;

export interface TrackMatrix {
  readonly size: number;
  /** trackCount×size, row-major; rows of length 1, or all zeros. */
  readonly units: Float32Array;
  /** As `units`, from the output matrix. */
  readonly outputs: Float32Array;
}

export function trackMatrix(catalogue: Catalogue, vectors: TrackVectors): TrackMatrix {
  const numbers = TrackNumbers.of(catalogue);
  const { size } = vectors;
  const units = new Float32Array(catalogue.tracks.length * size);
  const outputs = new Float32Array(catalogue.tracks.length * size);
  for (let row = 0; row < vectors.tracks.length; row++) {
    const number = numbers.get(vectors.tracks[row]!);
    if (number < 0) continue;
    copyUnit(vectors.vectors, row * size, units, number * size, size);
    if (vectors.outputs !== undefined) copyUnit(vectors.outputs, row * size, outputs, number * size, size);
  }
  return { size, units, outputs };
}

/** Copies a row brought to length 1 (a row of zeros stays one). */
export function copyUnit(
  from: Float32Array,
  at: number,
  to: Float32Array,
  start: number,
  size: number,
): void {
  let squares = 0;
  for (let d = 0; d < size; d++) squares += from[at + d]! ** 2;
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  for (let d = 0; d < size; d++) to[start + d] = from[at + d]! * scale;
}

/**
 * The mean of a context's vectors with weights decay^(places back), brought to length 1, into `mean`.
 *
 * @returns whether any track of the context has a vector
 */
export function contextMean(
  matrix: TrackMatrix,
  tracks: Uint32Array,
  decay: number,
  mean: Float32Array,
): boolean {
  const { size, units } = matrix;
  mean.fill(0);
  const reach = Math.min(mostOfContext, tracks.length);
  for (let d = 1; d <= reach; d++) {
    const base = tracks[tracks.length - d]! * size;
    const weight = decay ** (d - 1);
    for (let i = 0; i < size; i++) mean[i]! += weight * units[base + i]!;
  }
  return bringToLength1(mean);
}

/**
 * The same of vectors of any length, by rows; -1: a track of the context that has none, and takes its place all the same.
 *
 * @param unit room for one vector
 */
export function unitMean(
  vectors: Float32Array,
  size: number,
  rows: Int32Array,
  decay: number,
  unit: Float32Array,
  mean: Float32Array,
): boolean {
  mean.fill(0);
  const reach = Math.min(mostOfContext, rows.length);
  for (let d = 1; d <= reach; d++) {
    const row = rows[rows.length - d]!;
    if (row < 0) continue;
    copyUnit(vectors, row * size, unit, 0, size);
    const weight = decay ** (d - 1);
    for (let i = 0; i < size; i++) mean[i]! += weight * unit[i]!;
  }
  return bringToLength1(mean);
}

function bringToLength1(mean: Float32Array): boolean {
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

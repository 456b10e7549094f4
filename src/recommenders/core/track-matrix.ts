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
interface Rows {
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
  { size, units, scales }: Rows,
  rows: Int32Array | Uint32Array,
  decay: number,
  mean: Float32Array,
): boolean {
  mean.fill(0);
  const reach = Math.min(mostOfContext, rows.length);
  for (let d = 1; d <= reach; d++) {
    const row = rows[rows.length - d]!;
    if (row < 0) continue;
    const base = row * size;
    const weight = decay ** (d - 1);
    const scale = scales === undefined ? 1 : scales[row]!;
    // Rounded as rows of length 1 are where they are kept.
    for (let i = 0; i < size; i++) mean[i]! += weight * Math.fround(scale * units[base + i]!);
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

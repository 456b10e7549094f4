/** What both graphs hold: vectors of length 1, and one row of zeros more, which stands for every unknown track. */
import { SegueError } from "../../system/index.js";
import type { TrackVectors } from "../../track2vec/index.js";

/** A score below every cosine: rows that may not be answers get it. */
export const NEVER = -2;

/** (n + 1)×size, row-major; the last row is zeros. @throws SegueError for fewer than two tracks */
export function paddedUnits(vectors: TrackVectors): Float32Array {
  if (vectors.length < 2) throw new SegueError("a model for nearest tracks needs two tracks at least");
  const padded = new Float32Array((vectors.length + 1) * vectors.size);
  padded.set(vectors.units);
  return padded;
}

/** n + 1 numbers to add to the scores: nothing, but the unknown track is never an answer. */
export function scoreOffsets(vectors: TrackVectors): Float32Array {
  const offsets = new Float32Array(vectors.length + 1);
  offsets[vectors.length] = NEVER;
  return offsets;
}

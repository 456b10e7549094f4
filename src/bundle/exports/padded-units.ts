/** The constants of both graphs: unit vectors, and an extra row of zeros for unknown tracks. */
import { SegueError } from "../../system/index.js";
import type { TrackVectors } from "../../track2vec/index.js";

/** A score below every cosine, for rows that must not be answers. */
export const NEVER = -2;

/** (n + 1)×size, row-major; the last row is zeros. @throws SegueError for fewer than two tracks */
export function paddedUnits(vectors: TrackVectors): Float32Array {
  if (vectors.length < 2) throw new SegueError("a model for nearest tracks needs at least two tracks");
  const padded = new Float32Array((vectors.length + 1) * vectors.size);
  padded.set(vectors.units);
  return padded;
}

/** n + 1 offsets to add to the scores: 0, and `NEVER` for the unknown track's row. */
export function scoreOffsets(vectors: TrackVectors): Float32Array {
  const offsets = new Float32Array(vectors.length + 1);
  offsets[vectors.length] = NEVER;
  return offsets;
}

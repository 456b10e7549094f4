/** In plain JavaScript the result of a training, or a promise of one, could pass for its vectors. */
import { misuse } from "../system/index.js";
import type { TrackVectors } from "./vectors.js";

/**
 * @param of what wants them, for the message
 * @throws SegueError (misuse) where they are none
 */
export function requireVectors(vectors: TrackVectors, of: string): void {
  const given: Partial<TrackVectors> | undefined = vectors;
  if (
    Array.isArray(given?.tracks) &&
    ArrayBuffer.isView(given.vectors) &&
    typeof given.indexOf === "function"
  )
    return;
  throw misuse(
    `${of} wants track vectors`,
    'write (await trainTrack2Vec(corpus)).vectors, or await loadVectors("vectors.bin")',
  );
}

/** Catches plain JavaScript that passes the result of a training, or a promise of it, instead of its vectors. */
import { misuse } from "../../system/index.js";
import type { TrackVectors } from "./vectors.js";

/**
 * @param of the caller, for the message: "saveVectors"
 * @throws SegueError (misuse) if they are not track vectors
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
    `${of} needs track vectors`,
    'write (await trainTrack2Vec(corpus)).vectors, or await loadVectors("vectors.bin")',
  );
}

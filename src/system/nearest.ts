/** "Did you mean …?": the known word nearest to a mistyped one. */
import { editDistance } from "./edit-distance.js";

/** What to do about a word that is not known: the nearest one that is, or `otherwise` where none is near. */
export function didYouMean(word: string, known: readonly string[], otherwise: string): string {
  const near = closest(word, known);
  return near === undefined ? otherwise : `did you mean "${near}"?`;
}

/** Undefined where nothing is near: more than a third of the letters would have to change. */
export function closest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best !== undefined && least <= Math.max(2, Math.floor(Math.max(word.length, best.length) / 3))
    ? best
    : undefined;
}

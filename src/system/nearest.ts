/** "Did you mean …?": the known word nearest to a mistyped one. */
import { editDistance } from "./edit-distance.js";

/** What to do about a word that is not known: the nearest one that is, or `otherwise` where none is near. */
export function didYouMean(word: string, known: readonly string[], otherwise: string): string {
  const near = closest(word, known);
  return near === undefined ? otherwise : `did you mean "${near}"?`;
}

/** Undefined where nothing is near: more than two letters and a third of them would have to change, or more than half of a short word. */
export function closest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    // Of many artists nearly all are far off, which is seen at once.
    const third = Math.floor(Math.max(word.length, candidate.length) / 3);
    const near = Math.min(least - 1, Math.floor(word.length / 2), Math.max(2, third));
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), near);
    if (distance > near) continue;
    least = distance;
    best = candidate;
  }
  return best;
}

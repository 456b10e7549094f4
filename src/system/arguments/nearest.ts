/** "Did you mean …?": the known word closest to a mistyped one. */
import { editDistance } from "../text/edit-distance.js";

/** A hint for an unknown word: the closest known one, or `otherwise` if none is close. */
export function didYouMean(word: string, known: readonly string[], otherwise: string): string {
  const near = closest(word, known);
  return near === undefined ? otherwise : `did you mean "${near}"?`;
}

/**
 * The known word with the least edit distance, ignoring case. Undefined if that exceeds half the letters, or both two letters and a
 * third of them.
 */
export function closest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    // The limit lets `editDistance` stop early for most words.
    const third = Math.floor(Math.max(word.length, candidate.length) / 3);
    const near = Math.min(least - 1, Math.floor(word.length / 2), Math.max(2, third));
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), near);
    if (distance > near) continue;
    least = distance;
    best = candidate;
  }
  return best;
}

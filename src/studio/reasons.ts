/** Why a track comes next, for any recommender: each track of the playlist is asked alone, and the one that ranks it highest is why. */
import type { Recommender } from "../recommenders/contract.js";

export interface Reason {
  /** The track of the playlist that speaks most for it; undefined where none does by itself. */
  readonly because?: string;
  /** Its place in what that track alone would be followed by, from 1. */
  readonly place?: number;
}

const asked = 8;
const depth = 200;

export function reasonsFor(
  recommender: Recommender,
  context: readonly string[],
  tracks: readonly string[],
): Reason[] {
  // The last ones count most, and latest first wins where two rank it the same.
  const singles = [...new Set([...context].reverse())].slice(0, asked);
  if (singles.length === 0) return tracks.map(() => ({}));
  const places = recommender
    .recommend(
      singles.map((track) => ({ tracks: [track] })),
      depth,
    )
    .map((ranking) => new Map(ranking.tracks.map((track, i) => [track, i + 1])));
  return tracks.map((track) => {
    let best: Reason = {};
    singles.forEach((single, i) => {
      const place = places[i]!.get(track);
      if (place !== undefined && place < (best.place ?? Number.POSITIVE_INFINITY))
        best = { because: single, place };
    });
    return best;
  });
}

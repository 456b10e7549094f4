/**
 * Why a track comes next, for any recommender: each track of the playlist is asked alone, and the one that ranks it highest
 * is why. None is where it does no better with them than with nothing playing, as what is popular does.
 */
import type { Ranking, Recommender } from "../recommenders/contract.js";

export interface Reason {
  /** The track of the playlist that speaks most for it; undefined where none does by itself. */
  readonly because?: string;
  /** Its place in what that track alone would be followed by, from 1. */
  readonly place?: number;
  /** It stands no higher than with nothing playing: it comes because it is popular. */
  readonly popular?: true;
}

const asked = 8;
const depth = 200;

/**
 * @param tracks what the recommender answered to `context`, best first, without the context's own and the disliked ones
 * @returns one reason for each of `tracks`, in their order; all popular where the context is empty
 */
export function reasonsFor(
  recommender: Recommender,
  context: readonly string[],
  tracks: readonly string[],
  disliked: readonly string[] = [],
): Reason[] {
  // The last ones count most, and latest first wins where two rank it the same.
  const singles = [...new Set([...context].reverse())].slice(0, asked);
  if (singles.length === 0) return tracks.map(() => ({ popular: true }));
  const unwanted = new Set([...context, ...disliked]);
  const [base] = recommender.recommend([{ tracks: [] }], Math.max(depth + 1, unwanted.size + tracks.length));
  const rankings = recommender.recommend(
    singles.map((track) => ({ tracks: [track] })),
    depth,
  );
  const speaking = singles.map((single, i) => ({
    single,
    places: placesIn(rankings[i]!, (track) => track !== single),
    before: placesIn(base!, (track) => track !== single),
  }));
  const before = placesIn(base!, (track) => !unwanted.has(track));
  return tracks.map((track, i) => {
    let best: Reason = {};
    for (const each of speaking) {
      const place = each.places.get(track) ?? Number.POSITIVE_INFINITY;
      const raised = place < (each.before.get(track) ?? Number.POSITIVE_INFINITY);
      if (raised && place < (best.place ?? Number.POSITIVE_INFINITY)) best = { because: each.single, place };
    }
    const popular = best.because === undefined && (before.get(track) ?? Number.POSITIVE_INFINITY) <= i + 1;
    return popular ? { popular } : best;
  });
}

/** The place, from 1, of each track among those that count. */
function placesIn({ tracks }: Ranking, counts: (track: string) => boolean): Map<string, number> {
  return new Map(tracks.filter(counts).map((track, i) => [track, i + 1]));
}

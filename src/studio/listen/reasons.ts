/**
 * Explains why a track comes next, for any recommender. Each of the playlist's last eight tracks is asked alone; the one that ranks the
 * track highest is the reason. If none ranks it higher than an empty playlist does, there is no such reason.
 */
import type { Ranking, Recommender } from "../../recommenders/contract.js";

export interface Reason {
  /** The track of the playlist that is the strongest reason; undefined if none is one by itself. */
  readonly because?: string;
  /** The rank of the recommended track after `because` alone, from 1. */
  readonly place?: number;
  /** It ranks no higher than for an empty playlist: it is there because it is popular. */
  readonly popular?: true;
}

const asked = 8;
const depth = 200;

/**
 * @param tracks the recommender's answer for `context`, best first, without tracks of the context and disliked ones
 * @returns a reason for each of `tracks`, in order; all are popular if the context is empty
 */
export function reasonsFor(
  recommender: Recommender,
  context: readonly string[],
  tracks: readonly string[],
  disliked: readonly string[] = [],
): Reason[] {
  // The last tracks matter most. They come latest first, so the latest wins a tie.
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

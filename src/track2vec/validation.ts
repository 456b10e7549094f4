/** Judging vectors while they are trained. */
import type { Query } from "../corpus/index.js";
import type { TrackVectors } from "./vectors.js";

export interface Validation {
  /** Held-out playlists: context and the track that did play next. */
  readonly queries: readonly Query[];
  /** How many nearest tracks count as an answer. Default 100. */
  readonly k?: number;
  /** After how many epochs without a better hit ratio training ends. Default 3. */
  readonly patience?: number;
}

/**
 * The share of queries whose next track is among the k nearest to the last known track (the base protocol of hit ratio@k, but
 * for its random bets: a query whose track has no vector is a miss here).
 */
export function hitRatio(vectors: TrackVectors, { queries, k = 100 }: Validation): number {
  const rows: number[] = [];
  const targets: number[] = [];
  for (const { context, next } of queries) {
    const last = context.length > 0 ? vectors.indexOf(context.at(-1)!) : -1;
    const target = vectors.indexOf(next);
    if (last < 0 || target < 0) continue;
    rows.push(last);
    targets.push(target);
  }
  let hits = 0;
  const nearest = vectors.nearestOfRows(rows, k);
  for (let q = 0; q < rows.length; q++) {
    if (nearest.rows.subarray(q * nearest.k, (q + 1) * nearest.k).includes(targets[q]!)) hits++;
  }
  return queries.length > 0 ? hits / queries.length : 0;
}

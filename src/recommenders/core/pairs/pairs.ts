/**
 * Pairs of tracks: for each track, the tracks that follow it, come before it, or share a playlist with it. Weights decay with the
 * distance between the two and the age of the playlist. Each row keeps only its heaviest pairs.
 */
import { setImmediate } from "node:timers/promises";
import { type Sessions, sessionCount } from "../plays/sessions.js";
import { pairsMemory } from "./pairs-memory.js";

export interface PairOptions {
  /** How many places ahead to count. */
  readonly ahead: number;
  /** How many places back to count. */
  readonly behind: number;
  /** The weight at distance d is d^-fade; 0: all weigh the same. */
  readonly fade: number;
  /** The weight of a playlist is exp(-age / recency), its age as a share of all playlists; 0: all weigh the same. */
  readonly recency: number;
  /** The maximum number of pairs kept per track. */
  readonly keep: number;
  readonly signal?: AbortSignal | undefined;
}

/** Row t is `tracks[offsets[t]] …` with their weights, heaviest first. */
export interface Pairs {
  readonly offsets: Uint32Array;
  readonly tracks: Uint32Array;
  readonly weights: Float32Array;
  /** The sum of a track's weights before pruning. */
  readonly totals: Float32Array;
}

/** exp(-age / recency) of each playlist, 1 for the last one. */
export function recencyWeights(count: number, recency: number): Float64Array {
  const weights = new Float64Array(count).fill(1);
  if (recency > 0) {
    for (let s = 0; s < count; s++) weights[s] = Math.exp(-(count - 1 - s) / (count * recency));
  }
  return weights;
}

/** How many pairs each track may keep: `wanted`, lowered to keep the total within 60 million, but not below 20. */
export function keptPerTrack(wanted: number, trackCount: number): number {
  return Math.max(1, Math.min(wanted, Math.max(20, Math.floor(60_000_000 / Math.max(1, trackCount)))));
}

/** Plays read before yielding to the event loop: about 20 ms. */
const workAtOnce = 4_000_000;

/**
 * Counts in slices of about 20 ms, yielding to the event loop between them.
 *
 * @throws the signal's reason; SegueError if the playlists do not fit in wasm's 4 GiB
 */
export async function countPairs(sessions: Sessions, options: PairOptions): Promise<Pairs> {
  const { trackCount } = sessions;
  const takeTurns = async () => {
    options.signal?.throwIfAborted();
    await setImmediate();
    options.signal?.throwIfAborted();
  };
  const plan = {
    ahead: options.ahead,
    behind: options.behind,
    keep: keptPerTrack(options.keep, trackCount),
    ages: recencyWeights(sessionCount(sessions), options.recency),
    fadeAt: (distance: number) => distance ** -options.fade,
  };
  const memory = await pairsMemory(sessions, plan, takeTurns);
  const { kernel, mostPairs, ends, totals, outTracks, outWeights } = memory;
  const offsets = new Uint32Array(trackCount + 1);
  // Slightly too long; pages that are never written take no memory.
  const tracks = new Uint32Array(mostPairs);
  const weights = new Float32Array(mostPairs);
  let length = 0;
  for (let from = 0; from < trackCount; ) {
    const to = kernel.countRows(
      from,
      trackCount,
      workAtOnce,
      outTracks.length,
      ends.byteOffset,
      totals.byteOffset,
      outTracks.byteOffset,
      outWeights.byteOffset,
    );
    const written = ends[to - 1]!;
    tracks.set(outTracks.subarray(0, written), length);
    weights.set(outWeights.subarray(0, written), length);
    for (let track = from; track < to; track++) offsets[track + 1] = length + ends[track]!;
    length += written;
    from = to;
    await takeTurns();
  }
  return { offsets, tracks: cut(tracks, length), weights: cut(weights, length), totals: totals.slice() };
}

/** The first `length` elements: a view if little is left over, else a copy. */
function cut<T extends Uint32Array | Float32Array>(array: T, length: number): T {
  return (length > 0.8 * array.length ? array.subarray(0, length) : array.slice(0, length)) as T;
}

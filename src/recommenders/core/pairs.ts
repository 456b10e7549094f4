/**
 * Which tracks go with which: for each track the tracks that follow it, come before it, or share a playlist with it, with
 * weights that fade with the distance between them and with the age of the playlist. Rows are pruned to their heaviest.
 */
import { setImmediate } from "node:timers/promises";
import { pairsMemory } from "./pairs-memory.js";
import { type Sessions, sessionCount } from "./sessions.js";

export interface PairOptions {
  /** How many places ahead are looked at. */
  readonly ahead: number;
  /** How many places back are looked at. */
  readonly behind: number;
  /** The weight at distance d: d^-fade (0: all alike; 1: 1/d). */
  readonly fade: number;
  /** The weight of a playlist is exp(-age / recency), its age in [0, 1] of all playlists; 0: all alike. */
  readonly recency: number;
  /** How many pairs are kept for a track. */
  readonly keep: number;
  readonly signal?: AbortSignal | undefined;
}

/** Row t: `tracks[offsets[t]] …`, heaviest first, with their weights. */
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

/** How many pairs a track may keep so that all of them stay within 60 million, whatever the size of the catalogue. */
export function keptPerTrack(wanted: number, trackCount: number): number {
  return Math.max(1, Math.min(wanted, Math.max(20, Math.floor(60_000_000 / Math.max(1, trackCount)))));
}

/** Plays that are read between two looks at the signal: some 20 ms. */
const workAtOnce = 4_000_000;

/**
 * Counts in turns of some 20 ms, with a turn for timers and signals between them.
 *
 * @throws the signal's reason; SegueError where wasm's 4 GiB do not hold the playlists
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
  // Little more than there are; what is not written to takes no memory.
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

/** The first `length` of an array: itself, as long as little of it is left over. */
function cut<T extends Uint32Array | Float32Array>(array: T, length: number): T {
  return (length > 0.8 * array.length ? array.subarray(0, length) : array.slice(0, length)) as T;
}

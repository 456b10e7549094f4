/** The memory of the kernel that counts pairs (assembly/pairs.ts), laid out for one set of playlists, and the kernel itself. */
import { kernelMemory } from "../blend/kernel-memory.js";
import { longestOf, type Sessions, sessionCount } from "./sessions.js";

interface PairsKernel {
  setUp(
    items: number,
    plays: number,
    positions: number,
    playlistOf: number,
    bounds: number,
    ages: number,
    fades: number,
    ahead: number,
    behind: number,
    keep: number,
    slots: number,
    sums: number,
    mostSlots: number,
    used: number,
    keys: number,
  ): void;
  locate(playlists: number, tracks: number, next: number): number;
  countRows(
    from: number,
    to: number,
    work: number,
    room: number,
    ends: number,
    totals: number,
    outTracks: number,
    outWeights: number,
  ): number;
}

export interface PairsPlan {
  readonly ahead: number;
  readonly behind: number;
  /** How many pairs are kept of a track. */
  readonly keep: number;
  /** Weights of the playlists, and by distance. */
  readonly ages: Float64Array;
  readonly fadeAt: (distance: number) => number;
}

/** The kernel and its arrays; see `pairsMemory`. */
export type PairsMemory = ReturnType<typeof pairsMemory>;

/** Pairs that one call of the kernel may write, and more where a single row is longer. */
const roomForPairs = 1 << 18;

/** @throws SegueError where wasm's 4 GiB do not hold it */
export function pairsMemory(sessions: Sessions, plan: PairsPlan) {
  const { items, offsets, trackCount } = sessions;
  const longest = longestOf(sessions);
  const ahead = Math.min(plan.ahead, longest);
  const behind = Math.min(plan.behind, longest);
  const plays = new Uint32Array(trackCount);
  let mostPlays = 0;
  for (const track of items) {
    const count = plays[track]! + 1;
    plays[track] = count;
    if (count > mostPlays) mostPlays = count;
  }
  // In a row are no more tracks than the plays of its track reach, and than there are.
  const nearby = Math.max(1, Math.min(trackCount, mostPlays * (ahead + behind)));
  // Twice as many as there may be in a row, so that a search is short.
  const slots = 2 ** Math.max(4, Math.ceil(Math.log2(2 * nearby)));
  const keep = Math.min(plan.keep, nearby);
  const room = Math.max(keep, roomForPairs);
  const { kernel, arrays } = kernelMemory(
    "pairs",
    {
      items: [Uint32Array, items.length],
      bounds: [Uint32Array, offsets.length],
      plays: [Uint32Array, trackCount + 1],
      positions: [Uint32Array, items.length],
      playlistOf: [Uint32Array, items.length],
      ages: [Float64Array, sessionCount(sessions)],
      fades: [Float64Array, longest + 1],
      slots: [Uint32Array, slots],
      sums: [Float64Array, slots],
      used: [Uint32Array, nearby],
      // 64 bits each.
      keys: [Float64Array, 2 * keep],
      ends: [Uint32Array, trackCount],
      totals: [Float32Array, trackCount],
      outTracks: [Uint32Array, room],
      outWeights: [Float32Array, room],
    },
    `the pairs of ${trackCount} tracks from ${items.length} plays`,
    "Leave out tracks that play seldom, or the oldest playlists.",
  );
  arrays.items.set(items);
  arrays.bounds.set(offsets);
  arrays.plays.set(plays, 1);
  arrays.ages.set(plan.ages);
  for (let d = 1; d < arrays.fades.length; d++) arrays.fades[d] = plan.fadeAt(d);
  const typed = kernel as PairsKernel;
  typed.setUp(
    arrays.items.byteOffset,
    arrays.plays.byteOffset,
    arrays.positions.byteOffset,
    arrays.playlistOf.byteOffset,
    arrays.bounds.byteOffset,
    arrays.ages.byteOffset,
    arrays.fades.byteOffset,
    ahead,
    behind,
    keep,
    arrays.slots.byteOffset,
    arrays.sums.byteOffset,
    slots,
    arrays.used.byteOffset,
    arrays.keys.byteOffset,
  );
  // `ends` is not needed yet: it lends its room.
  const mostPairs = typed.locate(sessionCount(sessions), trackCount, arrays.ends.byteOffset);
  return { kernel: typed, mostPairs, ...arrays };
}

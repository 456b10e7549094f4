/** The kernel that counts pairs (assembly/pairs.ts), and its memory for one set of playlists. */
import { blocks } from "../../../system/index.js";
import { kernelMemory } from "../kernel-memory.js";
import { longestOf, type Sessions, sessionCount } from "../plays/sessions.js";

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
  startLocating(tracks: number, next: number): void;
  locate(from: number, to: number, next: number): void;
  mostPairs(from: number, to: number): number;
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
  /** The maximum number of pairs kept per track. */
  readonly keep: number;
  /** The weight of each playlist. */
  readonly ages: Float64Array;
  /** The weight at a distance. */
  readonly fadeAt: (distance: number) => number;
}

/** Plays, or tracks, processed before yielding to the event loop: about 20 ms. */
const playsAtOnce = 500_000;

/** The number of pairs that one call of the kernel may write (more if a single row is longer). */
const roomForPairs = 1 << 18;

/**
 * @param takeTurns awaited after every few milliseconds of work
 * @throws SegueError if it does not fit in wasm's 4 GiB
 */
export async function pairsMemory(sessions: Sessions, plan: PairsPlan, takeTurns: () => Promise<void>) {
  const { items, offsets, trackCount } = sessions;
  const longest = longestOf(sessions);
  const ahead = Math.min(plan.ahead, longest);
  const behind = Math.min(plan.behind, longest);
  const plays = new Uint32Array(trackCount);
  let mostPlays = 0;
  for (const [from, to] of blocks(0, items.length, playsAtOnce)) {
    for (let i = from; i < to; i++) {
      const count = plays[items[i]!]! + 1;
      plays[items[i]!] = count;
      if (count > mostPlays) mostPlays = count;
    }
    await takeTurns();
  }
  // A row has at most as many tracks as its track's plays reach, and as there are.
  const nearby = Math.max(1, Math.min(trackCount, mostPlays * (ahead + behind)));
  // At least twice the longest row, so that hash probes are short.
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
    "Leave out rarely played tracks, or the oldest playlists.",
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
  // `ends` is not needed yet, so its memory is reused here.
  const next = arrays.ends.byteOffset;
  typed.startLocating(trackCount, next);
  const playlists = sessionCount(sessions);
  const playlistsAtOnce = Math.max(1, Math.floor((playsAtOnce * playlists) / Math.max(1, items.length)));
  for (const [from, to] of blocks(0, playlists, playlistsAtOnce)) {
    typed.locate(from, to, next);
    await takeTurns();
  }
  let mostPairs = 0;
  for (const [from, to] of blocks(0, trackCount, playsAtOnce)) {
    mostPairs += typed.mostPairs(from, to);
    await takeTurns();
  }
  return { kernel: typed, mostPairs, ...arrays };
}

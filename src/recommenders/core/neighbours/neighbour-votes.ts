/** Neighbours vote for their tracks; tracks that may be among the best are put on a board (assembly/votes.ts). */
import { kernelMemory } from "../kernel-memory.js";
import { longestOf } from "../plays/sessions.js";
import { likelyBound } from "../scores/largest.js";
import type { ScoreBoard } from "../scores/score-board.js";
import type { NeighbourFinder } from "./neighbours.js";

interface VotesKernel {
  setUp(
    plays: number,
    matches: number,
    ends: number,
    weights: number,
    after: number,
    before: number,
    classes: number,
    idf: number,
    votes: number,
    rangeEnds: number,
    ranges: number,
    rangeBits: number,
    tallies: number,
  ): void;
  castVotes(count: number, touched: number, sums: number): number;
  keepReaching(
    tracks: number,
    sums: number,
    count: number,
    bound: number,
    kept: number,
    keptSums: number,
  ): number;
}

/** The kernel and its arrays for the playlists of a finder. */
type VotesMemory = ReturnType<typeof votesMemory>;

/** Up to 2^17 tracks are one range, with at most 1 MiB of tallies; more are split into ranges with 128 KiB of tallies each. */
const [oneRange, manyRanges] = [17, 14];

/** @throws SegueError if it does not fit in wasm's 4 GiB */
function votesMemory(finder: NeighbourFinder) {
  const { sessions, settings } = finder;
  const { items, trackCount } = sessions;
  const { classOf, playlists } = classesOf(finder.inverted.offsets, trackCount);
  const neighbours = finder.neighbours.length;
  const longest = longestOf(sessions);
  const plays = Math.min(items.length, neighbours * longest);
  const rangeBits = trackCount <= 2 ** oneRange ? oneRange : manyRanges;
  const ranges = Math.ceil(trackCount / 2 ** rangeBits);
  // One more than possible, since the kernel writes before it counts.
  const voted = Math.min(trackCount, plays) + 1;
  const { kernel, arrays } = kernelMemory(
    "votes",
    {
      plays: [Uint32Array, plays],
      matches: [Uint32Array, neighbours],
      ends: [Uint32Array, neighbours],
      weights: [Float64Array, neighbours],
      after: [Float64Array, longest + 1],
      before: [Float64Array, longest + 1],
      classes: [Uint8Array, 2 * trackCount],
      idf: [Float64Array, playlists.length],
      votes: [Float64Array, 2 * plays],
      rangeEnds: [Uint32Array, ranges],
      tallies: [Float64Array, Math.min(trackCount, 2 ** rangeBits)],
      touched: [Uint32Array, voted],
      sums: [Float64Array, voted],
      kept: [Uint32Array, voted],
      keptSums: [Float64Array, voted],
    },
    `the votes of neighbours on ${trackCount} tracks (${plays} for a query)`,
    "Ask for fewer neighbours, or leave out rarely played tracks.",
  );
  const { after, before } = arrays;
  for (let d = 0; d <= longest; d++) {
    after[d] = settings.near > 0 ? Math.exp(-(d - 1) / settings.near) : 1;
    before[d] = settings.before * after[d]!;
  }
  after[0] = settings.matchVote ?? 0;
  arrays.classes.set(new Uint8Array(classOf.buffer));
  arrays.idf.set(playlists.map((count) => finder.idf(count) ** settings.idfVote));
  arrays.tallies.fill(-0);
  const typed = kernel as VotesKernel;
  typed.setUp(
    arrays.plays.byteOffset,
    arrays.matches.byteOffset,
    arrays.ends.byteOffset,
    arrays.weights.byteOffset,
    after.byteOffset,
    before.byteOffset,
    arrays.classes.byteOffset,
    arrays.idf.byteOffset,
    arrays.votes.byteOffset,
    arrays.rangeEnds.byteOffset,
    ranges,
    rangeBits,
    arrays.tallies.byteOffset,
  );
  return { kernel: typed, ...arrays };
}

/**
 * Groups tracks in the same number of playlists into one class. There are fewer than 2^16 classes: that many different numbers would
 * add up to more plays than fit in 4 GiB.
 */
function classesOf(offsets: Uint32Array, trackCount: number): { classOf: Uint16Array; playlists: number[] } {
  const classOf = new Uint16Array(trackCount);
  const playlists: number[] = [];
  const known = new Map<number, number>();
  for (let t = 0; t < trackCount; t++) {
    const count = offsets[t + 1]! - offsets[t]!;
    let number = known.get(count);
    if (number === undefined) {
      number = playlists.length;
      playlists.push(count);
      known.set(count, number);
    }
    classOf[t] = number;
  }
  return { classOf, playlists };
}

export type Weigh = (tracks: Uint32Array, sums: Float64Array, count: number) => void;

export class NeighbourVotes {
  readonly #finder: NeighbourFinder;
  readonly #memory: VotesMemory;
  readonly #repeats: number;

  /**
   * @param repeats the factor that the caller later applies to the sums of context tracks
   * @throws SegueError if the votes do not fit in wasm's 4 GiB
   */
  constructor(finder: NeighbourFinder, repeats: number) {
    this.#finder = finder;
    this.#memory = votesMemory(finder);
    this.#repeats = repeats;
  }

  /**
   * Lets the neighbours of the finder's last `find` vote, and adds the sums to a cleared board: for at least the `wanted` best tracks
   * outside the context and any context tracks that may rank among them, or for all tracks if there are fewer.
   *
   * @param weigh changes the sums of the first `count` tracks before the best are selected
   */
  score(context: Uint32Array, wanted: number, board: ScoreBoard, weigh?: Weigh): void {
    const { kernel, touched, sums, kept, keptSums } = this.#memory;
    const count = kernel.castVotes(this.#callNeighbours(), touched.byteOffset, sums.byteOffset);
    weigh?.(touched, sums, count);
    const found = this.#keepBest(count, wanted + context.length);
    const [tracks, scores, length] = found === undefined ? [touched, sums, count] : [kept, keptSums, found];
    for (let i = 0; i < length; i++) board.add(tracks[i]!, scores[i]!);
  }

  /** Lays out the neighbours for the kernel. @returns how many there are */
  #callNeighbours(): number {
    const { found, neighbours, similarities, sessions, settings } = this.#finder;
    const { plays, matches, ends, weights } = this.#memory;
    const { offsets, items } = sessions;
    // Copied for each query. That takes far less time than the votes, and the kernel needs no copy of all plays.
    let at = 0;
    for (let n = 0; n < found; n++) {
      const session = neighbours[n]!;
      const start = offsets[session]!;
      const end = offsets[session + 1]!;
      matches[n] = at + this.#finder.matches[session]! - start;
      weights[n] = similarities[n]! * (settings.near > 0 ? 1 : this.#finder.matched[session]!);
      for (let i = start; i < end; i++) plays[at++] = items[i]!;
      ends[n] = at;
    }
    return found;
  }

  /** Puts at least the `wanted` best touched tracks into `kept`; returns how many, or undefined if the estimated bound keeps too few. */
  #keepBest(count: number, wanted: number): number | undefined {
    const { touched, sums, kept, keptSums } = this.#memory;
    const found = this.#keepReaching(touched, sums, count, likelyBound(sums, count, wanted));
    if (found < wanted) return undefined;
    // A sample of all tracks is coarse if few are wanted; one of the remaining tracks is finer.
    const bound = likelyBound(keptSums, found, wanted);
    let reaching = 0;
    for (let i = 0; i < found; i++) if (keptSums[i]! >= bound) reaching++;
    return reaching < wanted ? found : this.#keepReaching(kept, keptSums, found, bound);
  }

  /** Lowers the bound if `repeats` is above 1, so that a context track is kept if its final sum reaches it. */
  #keepReaching(tracks: Uint32Array, sums: Float64Array, count: number, bound: number): number {
    const { kernel, kept, keptSums } = this.#memory;
    const lowest = this.#repeats <= 1 ? bound : bound > 0 ? (0.999 * bound) / this.#repeats : -Infinity;
    return kernel.keepReaching(
      tracks.byteOffset,
      sums.byteOffset,
      count,
      lowest,
      kept.byteOffset,
      keptSums.byteOffset,
    );
  }
}

/** Neighbours vote for what they hold, and the tracks that may be among the best are put on a board (assembly/votes.ts). */
import { kernelMemory } from "../blend/kernel-memory.js";
import { likelyBound } from "./largest.js";
import type { NeighbourFinder } from "./neighbours.js";
import type { ScoreBoard } from "./score-board.js";
import { longestOf } from "./sessions.js";

interface VotesKernel {
  castVotes(
    count: number,
    plays: number,
    matches: number,
    ends: number,
    weights: number,
    classes: number,
    idf: number,
    tallies: number,
    touched: number,
    after: number,
    before: number,
  ): number;
  takeSums(tallies: number, touched: number, count: number, sums: number): void;
  keepReaching(
    tracks: number,
    sums: number,
    count: number,
    bound: number,
    kept: number,
    keptSums: number,
  ): number;
}

/** The kernel and its arrays, laid out for the playlists of a finder. */
type VotesMemory = ReturnType<typeof votesMemory>;

/** @throws SegueError where wasm's 4 GiB do not hold it */
function votesMemory(finder: NeighbourFinder) {
  const { items, trackCount } = finder.sessions;
  const { classOf, playlists } = classesOf(finder.inverted.offsets, trackCount);
  const most = finder.neighbours.length;
  const longest = longestOf(finder.sessions);
  const { kernel, arrays } = kernelMemory(
    "votes",
    {
      plays: [Uint32Array, Math.min(items.length, most * longest)],
      tallies: [Float64Array, trackCount],
      classes: [Uint8Array, 2 * trackCount],
      idf: [Float64Array, playlists.length],
      // One more than there are tracks: the kernel writes first and counts then.
      touched: [Uint32Array, trackCount + 1],
      sums: [Float64Array, trackCount],
      kept: [Uint32Array, trackCount + 1],
      keptSums: [Float64Array, trackCount + 1],
      matches: [Uint32Array, most],
      ends: [Uint32Array, most],
      weights: [Float64Array, most],
      after: [Float64Array, longest + 1],
      before: [Float64Array, longest + 1],
    },
    `the votes of neighbours on ${trackCount} tracks from ${items.length} plays`,
    "Leave out tracks that play seldom, or the oldest playlists.",
  );
  arrays.tallies.fill(-0);
  arrays.classes.set(new Uint8Array(classOf.buffer));
  arrays.idf.set(playlists.map((count) => finder.idf(count) ** finder.settings.idfVote));
  return { kernel: kernel as VotesKernel, ...arrays };
}

/**
 * Puts tracks that are in the same number of playlists into one class. There are fewer classes than 2^16: so many different numbers
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

export class NeighbourVotes {
  readonly #finder: NeighbourFinder;
  readonly #memory: VotesMemory;

  /** @throws SegueError where wasm's 4 GiB do not hold the playlists and the tallies of their tracks */
  constructor(finder: NeighbourFinder) {
    this.#finder = finder;
    this.#memory = votesMemory(finder);
    const { near, before } = finder.settings;
    const { after, before: inFront } = this.#memory;
    for (let d = 0; d < after.length; d++) {
      after[d] = near > 0 ? Math.exp(-(d - 1) / near) : 1;
      inFront[d] = before * after[d]!;
    }
  }

  /**
   * Lets the neighbours of the finder's last `find` vote, and adds to a cleared board the sums of the votes: for the tracks of that
   * context, and for the `wanted` best others at least, which are all where there are no more than that.
   */
  score(context: Uint32Array, wanted: number, board: ScoreBoard): void {
    const { kernel, tallies, touched, sums, kept, keptSums } = this.#memory;
    const count = this.#cast();
    for (const track of context) {
      const votes = tallies[track]!;
      if (!Object.is(votes, -0) && !board.has(track)) board.add(track, votes);
    }
    kernel.takeSums(tallies.byteOffset, touched.byteOffset, count, sums.byteOffset);
    // Those of the context may be among the best, so as many more are kept.
    const found = this.#keepBest(count, wanted + board.count);
    const [tracks, scores] = found < 0 ? [touched, sums] : [kept, keptSums];
    for (let i = 0, end = found < 0 ? count : found; i < end; i++) {
      if (!board.has(tracks[i]!)) board.add(tracks[i]!, scores[i]!);
    }
  }

  /** @returns how many tracks have votes: the first so many of `touched` */
  #cast(): number {
    const { found, neighbours, similarities, sessions, settings } = this.#finder;
    const { kernel, plays, matches, ends, weights, ...arrays } = this.#memory;
    const { offsets, items } = sessions;
    // Copied for each query: it takes less time than the votes by far, and the kernel needs no copy of all plays.
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
    return kernel.castVotes(
      found,
      plays.byteOffset,
      matches.byteOffset,
      ends.byteOffset,
      weights.byteOffset,
      arrays.classes.byteOffset,
      arrays.idf.byteOffset,
      arrays.tallies.byteOffset,
      arrays.touched.byteOffset,
      arrays.after.byteOffset,
      arrays.before.byteOffset,
    );
  }

  /** Puts at least the `wanted` best of the touched tracks into `kept`; returns how many, -1 where it cannot tell them from the others. */
  #keepBest(count: number, wanted: number): number {
    const { kernel, touched, sums, kept, keptSums } = this.#memory;
    const keep = (tracks: Uint32Array, values: Float64Array, of: number, bound: number) =>
      kernel.keepReaching(
        tracks.byteOffset,
        values.byteOffset,
        of,
        bound,
        kept.byteOffset,
        keptSums.byteOffset,
      );
    const bound = likelyBound(sums, count, wanted);
    if (bound === Number.NEGATIVE_INFINITY) return -1;
    const found = keep(touched, sums, count, bound);
    if (found < wanted) return -1;
    // A sample of all is coarse where few of many are wanted; one of those that are left is finer.
    const closer = likelyBound(keptSums, found, wanted);
    let reaching = 0;
    for (let i = 0; i < found; i++) if (keptSums[i]! >= closer) reaching++;
    return reaching < wanted ? found : keep(kept, keptSums, found, closer);
  }
}

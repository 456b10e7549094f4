/**
 * What speaks for each candidate, gathered in slots: a track gets a slot when a source nominates it, and every source writes
 * its own columns of the slots there are. Compact, so that what is known of one query stays in cache.
 */
import { largest, likelyBound } from "../core/largest.js";
import type { ScoreBoard } from "../core/score-board.js";
import { type GatherMemory, rowWidth } from "./gather-memory.js";

export class Evidence {
  /** The tracks with a slot; the first `count` count. */
  readonly tracks: Uint32Array;
  count = 0;
  /** The rows of the slots, `rowWidth` numbers each, of which the first `columns` are evidence. */
  readonly columns: Float32Array;
  /** The slot of each track + 1; 0: it has none. One look-up, so no generations here. */
  readonly #slots: Uint32Array;

  /** @param rows has room for as many slots as the sources ever name */
  constructor(trackCount: number, rows: Float32Array) {
    this.columns = rows;
    this.tracks = new Uint32Array(rows.length / rowWidth);
    this.#slots = new Uint32Array(trackCount);
  }

  clear(): void {
    for (let i = 0; i < this.count; i++) this.#slots[this.tracks[i]!] = 0;
    this.columns.fill(0, 0, this.count * rowWidth);
    this.count = 0;
  }

  /** Where the columns of a track start; negative where it has no slot. */
  find(track: number): number {
    return (this.#slots[track]! - 1) * rowWidth;
  }

  /** Where the columns of a track start; a new slot is all zeros. */
  slot(track: number): number {
    const found = this.#slots[track]!;
    if (found !== 0) return (found - 1) * rowWidth;
    this.#slots[track] = this.count + 1;
    this.tracks[this.count] = track;
    return this.count++ * rowWidth;
  }
}

/** Gives slots to the best of what a source knows, before all sources write what they know of all slots. */
export class Picker {
  readonly #picked: Uint32Array;
  readonly #values: Float64Array;

  constructor(most: number) {
    this.#picked = new Uint32Array(most);
    this.#values = new Float64Array(most);
  }

  /** The `most` of `touched[0 … count)` with the highest of `scores[0 … count)` get slots. */
  pick(scores: Float64Array, touched: Uint32Array, count: number, evidence: Evidence, most: number): void {
    const picked = this.#picked.subarray(0, most);
    const found = largest(scores, touched, count, picked, this.#values);
    for (let i = 0; i < found; i++) evidence.slot(picked[i]!);
  }

  /** The same for the touched tracks and the scores in the kernel's memory, which are too many to look at one by one here. */
  pickVoted(
    memory: GatherMemory,
    touched: Uint32Array,
    count: number,
    evidence: Evidence,
    most: number,
  ): void {
    const { kernel, scores, kept, keptScores } = memory;
    const reaching = (bound: number) =>
      kernel.keepReaching(
        touched.byteOffset,
        scores.byteOffset,
        count,
        bound,
        kept.byteOffset,
        keptScores.byteOffset,
      );
    let found = reaching(likelyBound(scores, count, most));
    if (found < most) found = reaching(Number.NEGATIVE_INFINITY);
    this.pick(keptScores, kept, found, evidence, most);
  }
}

/** Nominations by the scores of a board. */
export class Nominations {
  readonly #picker: Picker;
  readonly #scores: Float64Array;

  constructor(
    readonly board: ScoreBoard,
    readonly most: number,
  ) {
    this.#picker = new Picker(most);
    this.#scores = new Float64Array(board.touched.length);
  }

  close(evidence: Evidence, most = this.most): void {
    const { count, touched, scores } = this.board;
    for (let i = 0; i < count; i++) this.#scores[i] = scores[touched[i]!]!;
    this.#picker.pick(this.#scores, touched, count, evidence, most);
  }
}

/** Nominations by votes, all of them positive: 0 is a track nobody voted for. Leaner than a board. */
export class Votes {
  readonly #votes: Float32Array;
  readonly #touched: Uint32Array;
  readonly #scores: Float64Array;
  #count = 0;
  readonly #picker: Picker;

  constructor(trackCount: number, most: number) {
    this.#votes = new Float32Array(trackCount);
    this.#touched = new Uint32Array(trackCount);
    this.#scores = new Float64Array(trackCount);
    this.#picker = new Picker(most);
  }

  add(track: number, vote: number): void {
    const before = this.#votes[track]!;
    if (before === 0) this.#touched[this.#count++] = track;
    this.#votes[track] = before + vote;
  }

  /** The `most` tracks with the most votes get slots; all votes are forgotten. */
  close(evidence: Evidence, most: number): void {
    for (let i = 0; i < this.#count; i++) {
      const track = this.#touched[i]!;
      this.#scores[i] = this.#votes[track]!;
      this.#votes[track] = 0;
    }
    this.#picker.pick(this.#scores, this.#touched, this.#count, evidence, most);
    this.#count = 0;
  }
}

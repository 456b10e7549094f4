/**
 * The evidence for each candidate, gathered in slots. A track gets a slot when a source nominates it, and every source writes its
 * columns of all slots. Slots are compact, so that the evidence of a query stays in cache.
 */
import { largest, likelyBound } from "../../core/scores/largest.js";
import type { ScoreBoard } from "../../core/scores/score-board.js";
import { type GatherMemory, rowWidth } from "./gather-memory.js";

export class Evidence {
  /** The track of each slot; only the first `count` are valid. */
  readonly tracks: Uint32Array;
  count = 0;
  /** The rows of the slots, `rowWidth` numbers each; the first `columns` are evidence. */
  readonly columns: Float32Array;
  /** By track: its slot + 1, or 0 if it has none. Cleared by track rather than by generation, which saves a lookup. */
  readonly #slots: Uint32Array;

  /** @param rows has room for the maximum number of slots */
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

  /** The index where a track's columns start; negative if it has no slot. */
  find(track: number): number {
    return (this.#slots[track]! - 1) * rowWidth;
  }

  /** The index where a track's columns start, after adding a slot of zeros if it has none. */
  slot(track: number): number {
    const found = this.#slots[track]!;
    if (found !== 0) return (found - 1) * rowWidth;
    this.#slots[track] = this.count + 1;
    this.tracks[this.count] = track;
    return this.count++ * rowWidth;
  }
}

/** Gives slots to a source's best tracks. */
export class Picker {
  readonly #picked: Uint32Array;
  readonly #values: Float64Array;

  /** @param most how many tracks to pick at most */
  constructor(most: number) {
    this.#picked = new Uint32Array(most);
    this.#values = new Float64Array(most);
  }

  /** Gives slots to the tracks of `touched[0 … count)` with the highest `scores[0 … count)`. */
  pick(scores: Float64Array, touched: Uint32Array, count: number, evidence: Evidence): void {
    const picked = this.#picked;
    const found = largest(scores, touched, count, picked, this.#values);
    for (let i = 0; i < found; i++) evidence.slot(picked[i]!);
  }

  /** The same for tracks and scores in the kernel's memory; the kernel filters them first, since they are too many. */
  pickVoted(memory: GatherMemory, touched: Uint32Array, count: number, evidence: Evidence): void {
    const most = this.#picked.length;
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
    this.pick(keptScores, kept, found, evidence);
  }
}

/** Nominations by the scores of a board. */
export class Nominations {
  readonly #picker: Picker;
  readonly #scores: Float64Array;

  constructor(
    readonly board: ScoreBoard,
    most: number,
  ) {
    this.#picker = new Picker(most);
    this.#scores = new Float64Array(board.touched.length);
  }

  close(evidence: Evidence): void {
    const { count, touched, scores } = this.board;
    for (let i = 0; i < count; i++) this.#scores[i] = scores[touched[i]!]!;
    this.#picker.pick(this.#scores, touched, count, evidence);
  }
}

/** Nominations by votes, all positive, so that 0 means no votes. Leaner than a board. */
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

  /** Gives slots to the tracks with the most votes, and clears all votes. */
  close(evidence: Evidence): void {
    for (let i = 0; i < this.#count; i++) {
      const track = this.#touched[i]!;
      this.#scores[i] = this.#votes[track]!;
      this.#votes[track] = 0;
    }
    this.#picker.pick(this.#scores, this.#touched, this.#count, evidence);
    this.#count = 0;
  }
}

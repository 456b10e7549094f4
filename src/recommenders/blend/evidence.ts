/**
 * What speaks for each candidate, gathered in slots: a track gets a slot when a source nominates it, and every source writes
 * its own columns of the slots there are. Compact, so that what is known of one query stays in cache.
 */
import { largest } from "../core/largest.js";
import type { ScoreBoard } from "../core/score-board.js";

export class Evidence {
  /** The tracks with a slot; the first `count` count. */
  readonly tracks: Uint32Array;
  count = 0;
  columns: Float32Array;
  readonly width: number;
  /** The slot of each track + 1; 0: it has none. One look-up, so no generations here. */
  readonly #slots: Uint32Array;

  constructor(trackCount: number, width: number) {
    this.width = width;
    this.tracks = new Uint32Array(trackCount);
    this.columns = new Float32Array(1024 * width);
    this.#slots = new Uint32Array(trackCount);
  }

  clear(): void {
    for (let i = 0; i < this.count; i++) this.#slots[this.tracks[i]!] = 0;
    this.count = 0;
  }

  /** Where the columns of a track start; negative where it has no slot. */
  find(track: number): number {
    return (this.#slots[track]! - 1) * this.width;
  }

  /** Where the columns of a track start; a new slot is all zeros. */
  slot(track: number): number {
    const found = this.#slots[track]!;
    if (found !== 0) return (found - 1) * this.width;
    this.#slots[track] = this.count + 1;
    this.tracks[this.count] = track;
    const base = this.count++ * this.width;
    if (base + this.width > this.columns.length) {
      const longer = new Float32Array(this.columns.length * 2);
      longer.set(this.columns);
      this.columns = longer;
    }
    this.columns.fill(0, base, base + this.width);
    return base;
  }
}

/** Gives slots to the best of what a source knows, before all sources write what they know of all slots. */
class Picker {
  readonly #picked: Uint32Array;
  readonly #values: Float64Array;
  readonly scores: Float64Array;

  constructor(trackCount: number, most: number) {
    this.#picked = new Uint32Array(most);
    this.#values = new Float64Array(most);
    this.scores = new Float64Array(trackCount);
  }

  /** The `most` of `touched[0 … count)` with the highest `scores` get slots. */
  pick(touched: Uint32Array, count: number, evidence: Evidence, most: number): void {
    const picked = this.#picked.subarray(0, most);
    const found = largest(this.scores, touched, count, picked, this.#values);
    for (let i = 0; i < found; i++) evidence.slot(picked[i]!);
  }
}

/** Nominations by the scores of a board. */
export class Nominations {
  readonly #picker: Picker;

  constructor(
    readonly board: ScoreBoard,
    readonly most: number,
  ) {
    this.#picker = new Picker(board.touched.length, most);
  }

  close(evidence: Evidence, most = this.most): void {
    const { count, touched, scores } = this.board;
    for (let i = 0; i < count; i++) this.#picker.scores[i] = scores[touched[i]!]!;
    this.#picker.pick(touched, count, evidence, most);
  }
}

/**
 * Nominations by votes, all of them positive: 0 is a track nobody voted for. Leaner than a board, since tens of thousands of votes
 * are cast for one query.
 */
export class Votes {
  readonly #votes: Float32Array;
  readonly #touched: Uint32Array;
  #count = 0;
  readonly #picker: Picker;

  constructor(trackCount: number, most: number) {
    this.#votes = new Float32Array(trackCount);
    this.#touched = new Uint32Array(trackCount);
    this.#picker = new Picker(trackCount, most);
  }

  add(track: number, vote: number): void {
    const before = this.#votes[track]!;
    if (before === 0) this.#touched[this.#count++] = track;
    this.#votes[track] = before + vote;
  }

  /** The `most` tracks with the most votes get slots; all votes are forgotten. */
  close(evidence: Evidence, most: number): void {
    const { scores } = this.#picker;
    for (let i = 0; i < this.#count; i++) {
      const track = this.#touched[i]!;
      scores[i] = this.#votes[track]!;
      this.#votes[track] = 0;
    }
    this.#picker.pick(this.#touched, this.#count, evidence, most);
    this.#count = 0;
  }
}

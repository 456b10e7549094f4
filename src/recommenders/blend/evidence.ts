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
  readonly #slots: Uint32Array;
  readonly #stamps: Uint32Array;
  #generation = 0;

  constructor(trackCount: number, width: number) {
    this.width = width;
    this.tracks = new Uint32Array(trackCount);
    this.columns = new Float32Array(1024 * width);
    this.#slots = new Uint32Array(trackCount);
    this.#stamps = new Uint32Array(trackCount);
  }

  clear(): void {
    this.count = 0;
    if (++this.#generation === 0xffffffff) {
      this.#stamps.fill(0);
      this.#generation = 1;
    }
  }

  /** Where the columns of a track start, -1 where it has no slot. */
  find(track: number): number {
    return this.#stamps[track] === this.#generation ? this.#slots[track]! * this.width : -1;
  }

  /** Where the columns of a track start; a new slot is all zeros. */
  slot(track: number): number {
    if (this.#stamps[track] === this.#generation) return this.#slots[track]! * this.width;
    this.#stamps[track] = this.#generation;
    this.#slots[track] = this.count;
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
export class Nominations {
  readonly #picked: Uint32Array;
  readonly #values: Float64Array;
  readonly #scores: Float64Array;

  constructor(
    readonly board: ScoreBoard,
    readonly most: number,
  ) {
    this.#picked = new Uint32Array(most);
    this.#values = new Float64Array(most);
    this.#scores = new Float64Array(board.touched.length);
  }

  /** The tracks with the highest scores of the board get slots. */
  close(evidence: Evidence): void {
    const { count, touched, scores } = this.board;
    for (let i = 0; i < count; i++) this.#scores[i] = scores[touched[i]!]!;
    const found = largest(this.#scores, touched, count, this.#picked, this.#values);
    for (let i = 0; i < found; i++) evidence.slot(this.#picked[i]!);
  }
}

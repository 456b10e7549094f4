import { atOnce, orderByCount } from "../../../system/index.js";

/**
 * Tracks from the most to the least played, ties by id. Most tracks are played once or twice, and few callers read that far, so
 * tracks with equal counts are sorted by id only when the first of them is read.
 */
export class PopularityOrder {
  readonly #tracks: readonly string[];
  readonly #counts: ArrayLike<number>;
  readonly #order: Uint32Array;
  /** Positions before this one are sorted by id. */
  #sorted = 0;

  /** @param counts integers ≥ 0, one per track */
  constructor(tracks: readonly string[], counts: ArrayLike<number>) {
    this.#tracks = tracks;
    this.#counts = counts;
    const numbers = new Uint32Array(counts.length);
    for (let i = 0; i < numbers.length; i++) numbers[i] = i;
    this.#order = atOnce(orderByCount(numbers, counts));
  }

  get length(): number {
    return this.#order.length;
  }

  /** The track number at a position from 0 (the most played) to length - 1. */
  at(position: number): number {
    while (position >= this.#sorted && this.#sorted < this.#order.length) this.#sortNext();
    return this.#order[position]!;
  }

  #sortNext(): void {
    const from = this.#sorted;
    const count = this.#counts[this.#order[from]!];
    let to = from + 1;
    while (to < this.#order.length && this.#counts[this.#order[to]!] === count) to++;
    const tracks = this.#tracks;
    this.#order.subarray(from, to).sort((a, b) => (tracks[a]! < tracks[b]! ? -1 : 1));
    this.#sorted = to;
  }
}

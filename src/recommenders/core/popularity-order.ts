import { atOnce, orderByCount } from "../../system/index.js";

/**
 * Tracks from the most to the least played, equal ones by id. Most tracks are played once or twice, and nobody asks that far
 * down: tracks of equal counts are put in order of their ids when the first of them is asked for.
 */
export class PopularityOrder {
  readonly #tracks: readonly string[];
  readonly #counts: ArrayLike<number>;
  readonly #order: Uint32Array;
  /** Positions before this one are in their final order. */
  #sorted = 0;

  /** @param counts whole numbers ≥ 0, one a track */
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

  /** The number of the track at a position in 0 … length - 1, 0 for the most played. */
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

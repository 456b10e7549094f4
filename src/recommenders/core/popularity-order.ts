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
    this.#order = byCount(counts);
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

/** Sorts by counting how many tracks have each count; the most played first. */
function byCount(counts: ArrayLike<number>): Uint32Array {
  let most = 0;
  for (let i = 0; i < counts.length; i++) if (counts[i]! > most) most = counts[i]!;
  if (most > 64 * counts.length + 1e6) return byComparing(counts);
  // Where the tracks of a count start: those of higher counts stand before them.
  const starts = new Uint32Array(most + 2);
  for (let i = 0; i < counts.length; i++) starts[counts[i]!]! += 1;
  for (let count = most, before = 0; count >= 0; count--) {
    const here = starts[count]!;
    starts[count] = before;
    before += here;
  }
  const order = new Uint32Array(counts.length);
  for (let i = 0; i < counts.length; i++) {
    const at = starts[counts[i]!]!;
    starts[counts[i]!] = at + 1;
    order[at] = i;
  }
  return order;
}

function byComparing(counts: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: counts.length }, (_, i) => i).sort((a, b) => counts[b]! - counts[a]!);
}

/** Draws from a discrete distribution in constant time: Walker's alias method, built by Vose's algorithm (1991). */
import { blocks, type Steps } from "../../system/index.js";

/**
 * Column i holds a 32-bit threshold ("bar") and an alias. A draw picks a uniform column, and returns it if a uniform 32-bit number
 * is below the bar, else its alias.
 *
 * @param weights numbers ≥ 0, at least one of them positive
 * @returns 2 × n numbers: bar, alias, bar, alias, …
 */
export function* aliasTableSteps(weights: Float64Array): Steps<Uint32Array> {
  const n = weights.length;
  let total = 0;
  for (const [from, to] of blocks(0, n)) {
    for (let i = from; i < to; i++) total += weights[i]!;
    yield;
  }
  const table = new Uint32Array(2 * n);
  const builder = new Builder(new Float64Array(n), table);
  for (const [from, to] of blocks(0, n)) {
    for (let i = n - 1 - from; i > n - 1 - to; i--) builder.add(i, (weights[i]! / total) * n);
    yield;
  }
  while (builder.pair(65_536)) yield;
  builder.fillUp();
  return table;
}

/** Columns below the mean and above it, in two stacks that grow from both ends of an array. */
class Builder {
  readonly #stacks: Uint32Array;
  #small = 0;
  #large: number;

  constructor(
    readonly share: Float64Array,
    readonly table: Uint32Array,
  ) {
    this.#stacks = new Uint32Array(share.length);
    this.#large = share.length;
  }

  add(i: number, share: number): void {
    this.share[i] = share;
    if (share < 1) this.#stacks[this.#small++] = i;
    else this.#stacks[--this.#large] = i;
  }

  /** Assigns an alias to up to `count` small columns; false if none is left. */
  pair(count: number): boolean {
    const { share, table } = this;
    const stacks = this.#stacks;
    for (let c = 0; c < count; c++) {
      if (this.#small === 0 || this.#large === stacks.length) return false;
      const low = stacks[--this.#small]!;
      const high = stacks[this.#large]!;
      table[2 * low] = Math.min(4294967295, Math.round(share[low]! * 4294967296));
      table[2 * low + 1] = high;
      share[high] = share[high]! + share[low]! - 1;
      if (share[high]! >= 1) continue;
      this.#large++;
      stacks[this.#small++] = high;
    }
    return true;
  }

  /** The remaining columns are full up to rounding errors: each is its own alias. */
  fillUp(): void {
    const stacks = this.#stacks;
    for (const part of [stacks.subarray(0, this.#small), stacks.subarray(this.#large)]) {
      for (const i of part) {
        this.table[2 * i] = 4294967295;
        this.table[2 * i + 1] = i;
      }
    }
  }
}

/** Sorting by count in time that grows with the numbers alone, in steps. */
import { blocks, type Steps } from "./slices.js";

/**
 * Stable, so that equal counts stay in the order of `numbers`. Counts take one pass where a place for each of them is little
 * beside the numbers themselves, and else a pass for every 16 bits (radix sort).
 *
 * @param numbers what to sort; changed
 * @param counts the count of each number, whole, ≥ 0 and below 2^53
 * @returns the numbers by falling count
 */
export function* orderByCount(numbers: Uint32Array, counts: ArrayLike<number>): Steps<Uint32Array> {
  let most = 0;
  for (const [first, end] of blocks(0, numbers.length)) {
    most = mostOf(numbers, counts, first, end, most);
    yield;
  }
  const digits = most < numbers.length + 1_000_000 ? most + 1 : 65_536;
  let from = numbers;
  let to: Uint32Array = new Uint32Array(numbers.length);
  for (let unit = 1; unit <= most; unit *= digits) {
    const pass = new Pass(from, to, counts, most, unit, digits);
    for (const [first, end] of blocks(0, from.length)) {
      pass.tally(first, end);
      yield;
    }
    pass.addUp();
    for (const [first, end] of blocks(0, from.length)) {
      pass.scatter(first, end);
      yield;
    }
    [from, to] = [to, from];
  }
  return from;
}

function mostOf(
  numbers: Uint32Array,
  counts: ArrayLike<number>,
  first: number,
  end: number,
  before: number,
): number {
  let most = before;
  for (let i = first; i < end; i++) most = Math.max(most, counts[numbers[i]!]!);
  return most;
}

/** One pass: by the digit of how far a count is below the highest, `unit` being what the digit counts. */
class Pass {
  /** Where the numbers of the next digits go. */
  readonly #next: Uint32Array;

  constructor(
    readonly from: Uint32Array,
    readonly to: Uint32Array,
    readonly counts: ArrayLike<number>,
    readonly most: number,
    readonly unit: number,
    readonly digits: number,
  ) {
    this.#next = new Uint32Array(digits + 1);
  }

  /** Counts the digits of a block, each one place higher than its own, so that sums of them are where digits begin. */
  tally(first: number, end: number): void {
    const next = this.#next;
    for (let i = first; i < end; i++) next[this.#digit(this.from[i]!) + 1]!++;
  }

  addUp(): void {
    const next = this.#next;
    for (let digit = 0; digit < this.digits; digit++) next[digit + 1]! += next[digit]!;
  }

  scatter(first: number, end: number): void {
    const next = this.#next;
    for (let i = first; i < end; i++) {
      const number = this.from[i]!;
      this.to[next[this.#digit(number)]!++] = number;
    }
  }

  #digit(number: number): number {
    const below = this.most - this.counts[number]!;
    return this.digits > this.most ? below : Math.floor(below / this.unit) % this.digits;
  }
}

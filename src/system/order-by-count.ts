/** Sorts by count in linear time, in steps. */
import { blocks, type Steps } from "./slices.js";

/**
 * Stable: equal counts keep the order of `numbers`. A counting sort in one pass if the largest count is small enough, otherwise a
 * radix sort with one pass per 16 bits.
 *
 * @param numbers what to sort; overwritten
 * @param counts the count of each number, whole, ≥ 0 and below 2^53
 * @returns the numbers by descending count
 * @throws RangeError if a count is 2^53 or more, such as Infinity
 */
export function* orderByCount(numbers: Uint32Array, counts: ArrayLike<number>): Steps<Uint32Array> {
  let most = 0;
  for (const [first, end] of blocks(0, numbers.length)) {
    most = mostOf(numbers, counts, first, end, most);
    yield;
  }
  // Of a damaged file: the passes below would never end.
  if (most >= 2 ** 53) throw new RangeError(`${most} is not a count`);
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

/** One pass: sorts by one digit, of value `unit`, of the difference between the highest count and a number's count. */
class Pass {
  /** For each digit, the position of its next number. */
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

  /** Counts the digits of a block, shifted by one, so that prefix sums are the positions where digits begin. */
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

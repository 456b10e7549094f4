/** Sorting by count in time that grows with the numbers alone, in steps. */
import { blocks, type Steps } from "./slices.js";

const DIGIT = 65_536;

/**
 * Radix sort, 16 bits a pass: stable, so that equal counts stay in the order of `numbers`.
 *
 * @param numbers what to sort; changed
 * @param counts the count of each number, whole, ≥ 0 and below 2^53
 * @returns the numbers by falling count
 */
export function* orderByCount(numbers: Uint32Array, counts: ArrayLike<number>): Steps<Uint32Array> {
  const most = yield* mostOf(numbers, counts);
  let from = numbers;
  let to: Uint32Array = new Uint32Array(numbers.length);
  for (let unit = 1; unit <= most; unit *= DIGIT) {
    const pass = new Pass(from, to, counts, most, unit);
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

function* mostOf(numbers: Uint32Array, counts: ArrayLike<number>): Steps<number> {
  let most = 0;
  for (const [first, end] of blocks(0, numbers.length)) {
    for (let i = first; i < end; i++) most = Math.max(most, counts[numbers[i]!]!);
    yield;
  }
  return most;
}

/** One pass: by the digit of how far a count is below the highest, `unit` being what the digit counts. */
class Pass {
  /** Where the numbers of the next digits go. */
  readonly #next = new Uint32Array(DIGIT + 1);

  constructor(
    readonly from: Uint32Array,
    readonly to: Uint32Array,
    readonly counts: ArrayLike<number>,
    readonly most: number,
    readonly unit: number,
  ) {}

  /** Counts the digits of a block, each one place higher than its own, so that sums of them are where digits begin. */
  tally(first: number, end: number): void {
    for (let i = first; i < end; i++) this.#next[this.#digit(this.from[i]!) + 1]!++;
  }

  addUp(): void {
    for (let digit = 0; digit < DIGIT; digit++) this.#next[digit + 1]! += this.#next[digit]!;
  }

  scatter(first: number, end: number): void {
    for (let i = first; i < end; i++) {
      const number = this.from[i]!;
      this.to[this.#next[this.#digit(number)]!++] = number;
    }
  }

  #digit(number: number): number {
    return Math.floor((this.most - this.counts[number]!) / this.unit) % DIGIT;
  }
}

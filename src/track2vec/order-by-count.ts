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
    const next = new Uint32Array(DIGIT + 1);
    for (const [first, end] of blocks(0, from.length)) {
      tally(from, first, end, counts, most, unit, next);
      yield;
    }
    for (let digit = 0; digit < DIGIT; digit++) next[digit + 1]! += next[digit]!;
    for (const [first, end] of blocks(0, from.length)) {
      scatter(from, first, end, counts, most, unit, next, to);
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

/** Counts the digits of a block, each one place higher than its own, so that sums of them are where digits begin. */
function tally(
  numbers: Uint32Array,
  first: number,
  end: number,
  counts: ArrayLike<number>,
  most: number,
  unit: number,
  next: Uint32Array,
): void {
  for (let i = first; i < end; i++) next[(Math.floor((most - counts[numbers[i]!]!) / unit) % DIGIT) + 1]!++;
}

function scatter(
  numbers: Uint32Array,
  first: number,
  end: number,
  counts: ArrayLike<number>,
  most: number,
  unit: number,
  next: Uint32Array,
  to: Uint32Array,
): void {
  for (let i = first; i < end; i++) {
    const number = numbers[i]!;
    to[next[Math.floor((most - counts[number]!) / unit) % DIGIT]!++] = number;
  }
}

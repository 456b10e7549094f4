/** A sample of counts as its distinct values with their frequencies: all that a discrete fit needs, and much smaller. */
import { misuse } from "../../system/index.js";

export interface Tally {
  /** Distinct values, ascending, each a whole number ≥ 1. */
  readonly values: Float64Array;
  /** How often each value occurs. */
  readonly times: Float64Array;
  /** The number of values in the sample. */
  readonly total: number;
}

/**
 * @param sample whole numbers; zeros are left out, since a power law has none
 * @throws SegueError if a number is negative or not whole, or nothing is left
 */
export function tally(sample: ArrayLike<number>): Tally {
  const sorted = Float64Array.from(sample).sort();
  const values: number[] = [];
  const times: number[] = [];
  let total = 0;
  for (const value of sorted) {
    if (!(value >= 0 && Number.isInteger(value)))
      throw misuse(`invalid count: ${value}`, "a discrete power law is fitted to whole numbers ≥ 1");
    if (value === 0) continue;
    total++;
    if (values.at(-1) === value) times[times.length - 1]!++;
    else {
      values.push(value);
      times.push(1);
    }
  }
  return { values: Float64Array.from(values), times: Float64Array.from(times), total };
}

/** What a likelihood needs of the values of a sample from number `from` on. */
export interface Tail {
  readonly values: Float64Array;
  readonly times: Float64Array;
  /** The number of values in the tail. */
  readonly size: number;
  readonly xmin: number;
}

export function tailFrom(sample: Tally, xmin: number): Tail {
  const from = sample.values.findIndex((value) => value >= xmin);
  const values = from < 0 ? new Float64Array() : sample.values.subarray(from);
  const times = from < 0 ? new Float64Array() : sample.times.subarray(from);
  return { values, times, size: times.reduce((sum, n) => sum + n, 0), xmin };
}

/** Σ of `f(value) × times`. */
export function sumOver(tail: Tail, f: (value: number) => number): number {
  let sum = 0;
  for (let i = 0; i < tail.values.length; i++) sum += f(tail.values[i]!) * tail.times[i]!;
  return sum;
}

/**
 * Tests whether a power law is plausible, by the semi-parametric bootstrap of Clauset et al. 2009, section 4.1: samples whose tail
 * follows the fitted law are fitted again, including xmin; p is the share of them whose distance D is at least that of the data.
 */
import { setImmediate } from "node:timers/promises";
import { type Progress, Random, silent } from "../../system/index.js";
import { fitPowerLaw, type PowerLawFit } from "./fit.js";
import type { Tally } from "./tally.js";
import { hurwitzZeta } from "./zeta.js";

export interface GoodnessOfFit {
  /** Below 0.1, the law is doubtful (their rule of thumb). */
  readonly p: number;
  /** The number of samples; the error of p is about 1 / (2√samples). */
  readonly samples: number;
}

const tableSize = 4096;

/** Draws from the discrete power law by inverting its distribution: by a table, and beyond it by doubling and bisection. */
export function powerLawSampler(alpha: number, xmin: number): (u: number) => number {
  const norm = hurwitzZeta(alpha, xmin);
  const above = (x: number) => hurwitzZeta(alpha, x) / norm;
  // table[i] = P(X ≥ xmin + i)
  const table = Float64Array.from({ length: tableSize }, (_, i) => above(xmin + i));
  return (u) => {
    // Finds x with P(X ≥ x) ≥ u > P(X ≥ x + 1).
    let low = 0;
    let high = tableSize - 1;
    if (table[high]! >= u) {
      low = high;
      high *= 2;
      while (above(xmin + high) >= u && high < 2 ** 50) {
        low = high;
        high *= 2;
      }
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (above(xmin + middle) >= u) low = middle;
        else high = middle;
      }
      return xmin + low;
    }
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (table[middle]! >= u) low = middle;
      else high = middle;
    }
    return xmin + low;
  };
}

/**
 * @param options.samples number of samples, default 100
 * @param options.seed default 1; the same seed gives the same p
 */
export async function goodnessOfFit(
  sample: Tally,
  fit: PowerLawFit,
  options: { samples?: number; seed?: number; progress?: Progress; signal?: AbortSignal } = {},
): Promise<GoodnessOfFit> {
  const { samples = 100, seed = 1, progress = silent, signal } = options;
  const { values, times, total } = sample;
  const random = new Random(seed);
  const draw = powerLawSampler(fit.alpha, fit.xmin);
  const body: number[] = [];
  for (let i = 0; i < values.length && values[i]! < fit.xmin; i++)
    for (let n = 0; n < times[i]!; n++) body.push(values[i]!);
  let atLeast = 0;
  for (let s = 0; s < samples; s++) {
    signal?.throwIfAborted();
    const drawn = new Float64Array(total);
    for (let i = 0; i < drawn.length; i++) {
      const inTail = random.next() * total < fit.tail;
      drawn[i] = inTail ? draw(1 - random.next()) : body[random.below(body.length)]!;
    }
    if (fitPowerLaw(drawn).distance >= fit.distance) atLeast++;
    progress({ task: "testing the power law", done: s + 1, total: samples, unit: "samples" });
    await setImmediate();
  }
  return { p: samples === 0 ? Number.NaN : atLeast / samples, samples };
}

/**
 * The discrete power law p(x) = x^-α / ζ(α, xmin), x ≥ xmin, fitted as in Clauset, Shalizi & Newman, "Power-law distributions in
 * empirical data" (SIAM Review 51, 2009): α by exact maximum likelihood (their eq. 3.7, no continuous approximation), and as xmin
 * the value of the sample whose tail has the smallest Kolmogorov–Smirnov distance to its fit.
 */
import { misuse, requireOptions, SegueError, wholeNumber } from "../../system/index.js";
import { type Tally, tailFrom, tally } from "./tally.js";
import { hurwitzZeta } from "./zeta.js";

export interface PowerLawFit {
  /** The exponent. */
  readonly alpha: number;
  /** Its standard error, from the curvature of the likelihood (their eq. 3.6). */
  readonly alphaError: number;
  /** The smallest value of the tail that follows the law. */
  readonly xmin: number;
  /** Kolmogorov–Smirnov distance D between the tail and the law. */
  readonly distance: number;
  /** The number of values ≥ xmin. */
  readonly tail: number;
  /** The number of values ≥ 1 in the sample. */
  readonly total: number;
  /** Natural log likelihood of the tail. */
  readonly logLikelihood: number;
}

/** No larger α is looked for: it would fit values that are all about the same. */
const steep = 60;

/** α of the tail, given the mean of ln x in it: Newton's method on d/dα [α·mean + ln ζ(α, xmin)] = 0. */
function likeliestAlpha(meanLog: number, xmin: number, guess: number): number {
  let alpha = guess;
  const h = 1e-4;
  for (let step = 0; step < 50; step++) {
    const middle = Math.log(hurwitzZeta(alpha, xmin));
    const above = Math.log(hurwitzZeta(alpha + h, xmin));
    const below = Math.log(hurwitzZeta(alpha - h, xmin));
    const slope = meanLog + (above - below) / (2 * h);
    const curvature = (above - 2 * middle + below) / (h * h);
    // Stays within (1, 60): a step beyond a border goes half-way to it.
    const wanted = curvature > 0 ? alpha - slope / curvature : slope > 0 ? 1 : steep;
    const next = wanted <= 1.001 ? (alpha + 1.001) / 2 : wanted >= steep ? (alpha + steep) / 2 : wanted;
    if (Math.abs(next - alpha) < 1e-9 * alpha) return next;
    alpha = next;
  }
  return alpha;
}

/** (d²/dα²) ln ζ(α, xmin): the information about α in one value. */
function information(alpha: number, xmin: number): number {
  const h = Math.min(1e-3, (alpha - 1) / 4);
  const at = (s: number) => Math.log(hurwitzZeta(s, xmin));
  return (at(alpha + h) - 2 * at(alpha) + at(alpha - h)) / (h * h);
}

/**
 * The largest gap between the two cumulative distributions, at every whole number from xmin to the largest value. Stops early at a
 * gap of more than `most`.
 */
function kolmogorovSmirnov(
  sample: Tally,
  from: number,
  size: number,
  { alpha, xmin }: Pick<PowerLawFit, "alpha" | "xmin">,
  most = Number.POSITIVE_INFINITY,
): number {
  const { values, times } = sample;
  const norm = hurwitzZeta(alpha, xmin);
  let largest = 0;
  let seen = 0;
  for (let i = from; i < values.length && largest <= most; i++) {
    const value = values[i]!;
    const above = value === xmin ? norm : hurwitzZeta(alpha, value);
    // Just below this value, where the law has grown since the last one and the sample has not.
    const before = Math.abs(1 - above / norm - seen / size);
    seen += times[i]!;
    const after = Math.abs(1 - (above - value ** -alpha) / norm - seen / size);
    if (before > largest) largest = before;
    if (after > largest) largest = after;
  }
  return largest;
}

/**
 * Fits a discrete power law.
 *
 * @param sample whole numbers, such as the number of playlist entries of each artist; or their tally
 * @param options.xmin a fixed xmin; by default, every value except the largest is tried
 * @throws SegueError (misuse) if the sample is not of whole numbers ≥ 0, or `xmin` is not one ≥ 1; (code "too-little-data") if fewer
 *   than two distinct values are left to fit on, or all of them are so alike that α would be above 60
 */
export function fitPowerLaw(sample: ArrayLike<number> | Tally, options: { xmin?: number } = {}): PowerLawFit {
  if (typeof sample !== "object" || sample === null || !("times" in sample || "length" in sample))
    throw misuse("fitPowerLaw needs a list of whole numbers", "such as the number of plays of each artist");
  requireOptions(options, { xmin: wholeNumber(1) }, "fitPowerLaw");
  const counts = "times" in sample ? (sample as Tally) : tally(sample as ArrayLike<number>);
  const { values, times, total } = counts;
  let size = 0;
  let sumLog = 0;
  let guess = 2.5;
  let best: { xmin: number; alpha: number; distance: number; size: number; sumLog: number } | undefined;
  const consider = (from: number, xmin = values[from]!) => {
    const alpha = likeliestAlpha(sumLog / size, xmin, guess);
    guess = Math.min(alpha, 10);
    // At the border, the likelihood still grows beyond it.
    if (alpha > steep - 1e-3) return;
    // A distance above the best so far need not be exact.
    const distance = kolmogorovSmirnov(counts, from, size, { alpha, xmin }, best?.distance);
    if (best === undefined || distance <= best.distance) best = { xmin, alpha, distance, size, sumLog };
  };
  for (let from = values.length - 1; from >= 0; from--) {
    if (options.xmin !== undefined && values[from]! < options.xmin) break;
    size += times[from]!;
    sumLog += times[from]! * Math.log(values[from]!);
    if (options.xmin === undefined && from < values.length - 1) consider(from);
  }
  if (options.xmin !== undefined) {
    const tail = tailFrom(counts, options.xmin);
    if (tail.values.length > 1) consider(values.length - tail.values.length, options.xmin);
  }
  if (best === undefined)
    throw new SegueError("the counts differ too little to fit a power law", {
      hint: "analyze more playlists",
      code: "too-little-data",
    });
  const { xmin, alpha, distance } = best;
  return {
    alpha,
    alphaError: 1 / Math.sqrt(best.size * information(alpha, xmin)),
    xmin,
    distance,
    tail: best.size,
    total,
    logLikelihood: -alpha * best.sumLog - best.size * Math.log(hurwitzZeta(alpha, xmin)),
  };
}

/**
 * How sure a mean is: percentile bootstrap (Efron & Tibshirani 1993, chapter 13). Whole playlists are drawn where the
 * queries name theirs, since questions cut from one playlist are not independent.
 */
import {
  misuse,
  numberWithin,
  requireOptions,
  seeds,
  thingWith,
  type ValueRange,
  wholeNumber,
} from "../system/index.js";
import { type Resampled, resampledMeans } from "./resample.js";

export interface BootstrapOptions {
  /**
   * How many times the queries are drawn anew, up to 1,000,000, and at least 2 / (1 - level): each end of the interval wants one
   * beyond it. Default 1,000.
   */
  readonly resamples?: number;
  /** The share of resamples inside the interval, in (0, 1). Default 0.95. */
  readonly level?: number;
  /** Default 1. */
  readonly seed?: number;
  /** The playlist of each query; without it each query is drawn by itself. */
  readonly playlists?: Uint32Array;
}

/** Of a single query (or playlist), or where all have the same value, `low` and `high` are the mean: that says nothing of how sure it is. */
export interface Interval {
  readonly mean: number;
  /** Between these two lies the share `level` of the resampled means. */
  readonly low: number;
  readonly high: number;
}

/** A mean difference: how surely is it not nought? */
export interface Difference extends Interval {
  /**
   * Two-sided bootstrap p-value: twice the share of resamples on the smaller side of nought, that share being at least 1 / resamples.
   * Where few queries (or playlists) differ at all it is no less than the least that a sign test of these can give, 2 / 2^n: one query
   * drawn a thousand times over proves nothing.
   */
  readonly p: number;
}

export const bootstrapRanges: Readonly<Record<keyof BootstrapOptions, ValueRange>> = {
  resamples: wholeNumber(1, 1_000_000),
  level: numberWithin({ above: 0, below: 1 }),
  seed: seeds,
  playlists: thingWith("a Uint32Array of one playlist a query", "length", "map"),
};

/**
 * The mean of each column (one value a query) with its interval; all columns are drawn together.
 *
 * @throws SegueError (misuse) where there is no query, a value is not finite, the columns or `playlists` differ in length, or an
 *   option is out of its range
 */
export function bootstrapMeans(columns: readonly Float64Array[], options: BootstrapOptions = {}): Interval[] {
  requireBootstrap(options, "bootstrapMeans");
  if (!Array.isArray(columns)) throw misuse("columns must be a list of Float64Arrays");
  for (const [i, column] of columns.entries()) requireColumn(column, `columns[${i}]`);
  const [means] = resample([columns], options) as [Resampled[]];
  return means.map((each) => intervalOf(each, options));
}

/**
 * The mean of `a − b` over the same queries, with its interval and p-value.
 *
 * @param a, b one value a query, in the same order
 * @throws SegueError (misuse) where they differ in length, are empty, hold a value that is not finite, or an option is out of its range
 */
export function pairedDifference(
  a: Float64Array,
  b: Float64Array,
  options: BootstrapOptions = {},
): Difference {
  requireBootstrap(options, "pairedDifference");
  requireColumn(a, "a");
  requireColumn(b, "b");
  const [[means]] = resample([[differences(a, b)]], options) as [[Resampled]];
  return differenceOf(means, options);
}

/**
 * @param of the caller, for the message
 * @throws SegueError (misuse) where an option is out of its range, or the resamples are too few for the level
 */
export function requireBootstrap(options: BootstrapOptions, of: string): void {
  requireOptions(options, bootstrapRanges, of);
  const { resamples = 1000, level = 0.95 } = options;
  const least = Math.ceil(2 / (1 - level) - 1e-9);
  if (resamples < least)
    throw misuse(
      `${resamples} resamples are too few for an interval of level ${level}`,
      `Draw ${least.toLocaleString("en")} or more, so that each end of the interval has one beyond it; 1,000 is the default.`,
    );
}

/** What one has more than the other, for each query. @throws SegueError (misuse) where they differ in length */
export function differences(a: Float64Array, b: Float64Array): Float64Array {
  if (a.length !== b.length) {
    throw misuse(`cannot pair ${a.length} queries with ${b.length}: both must have answered the same ones`);
  }
  return a.map((value, i) => value - b[i]!);
}

/**
 * Several sets of columns over the same queries, in the time of one set or little more.
 *
 * @throws SegueError (misuse) where there is no query, or columns or `playlists` differ in length
 */
export function resample(
  sets: ReadonlyArray<readonly Float64Array[]>,
  { resamples = 1000, seed = 1, playlists }: BootstrapOptions,
): Resampled[][] {
  const all = sets.flat();
  const queries = all[0]?.length ?? 0;
  if (queries === 0) throw misuse("no queries to draw from");
  const other = [...all, ...(playlists ? [playlists] : [])].find(({ length }) => length !== queries);
  if (other !== undefined)
    throw misuse(`cannot draw ${other.length} values with ${queries}: all must be of the same queries`);
  return resampledMeans(sets, resamples, seed, playlists);
}

export function intervalOf({ mean, means }: Resampled, { level = 0.95 }: BootstrapOptions): Interval {
  return { mean, ...percentiles(means, level) };
}

export function differenceOf(resampled: Resampled, options: BootstrapOptions): Difference {
  const { means, nonZero } = resampled;
  let below = 0;
  let above = 0;
  for (const value of means) {
    if (value <= 0) below++;
    if (value >= 0) above++;
  }
  const drawn = (2 * Math.max(1, Math.min(below, above))) / means.length;
  const p = Math.min(1, Math.max(drawn, 2 / 2 ** nonZero));
  return { ...intervalOf(resampled, options), p };
}

/** @throws SegueError (misuse) naming what is no list of numbers, or which of them is none */
export function requireColumn(column: Float64Array, name: string): void {
  if (!(column instanceof Float64Array))
    throw misuse(`${name} must be a Float64Array of one value a query`, "Float64Array.from(…) makes one");
  const wrong = column.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0)
    throw misuse(
      `${name}[${wrong}] must be a finite number, got ${column[wrong]}`,
      "give each query a value: 0 where nothing was answered",
    );
}

function percentiles(ascending: Float64Array, level: number): { low: number; high: number } {
  const at = (share: number) => {
    const place = share * (ascending.length - 1);
    const floor = Math.floor(place);
    const below = ascending[floor]!;
    return below + (place - floor) * ((ascending[floor + 1] ?? below) - below);
  };
  return { low: at((1 - level) / 2), high: at((1 + level) / 2) };
}

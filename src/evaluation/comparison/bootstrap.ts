/**
 * Confidence intervals of means: percentile bootstrap (Efron & Tibshirani 1993, chapter 13). Resamples whole playlists if
 * they are given, since questions cut from one playlist are not independent.
 */
import {
  misuse,
  numberWithin,
  requireOptions,
  seeds,
  thingWith,
  type ValueRange,
  wholeNumber,
} from "../../system/index.js";
import { type Resampled, resampledMeans } from "./resample.js";

export interface BootstrapOptions {
  /**
   * The number of resamples, up to 1,000,000, and at least 2 / (1 - level), so that one lies beyond each end of the interval.
   * Default 1,000.
   */
  readonly resamples?: number;
  /** The share of resamples inside the interval, in (0, 1). Default 0.95. */
  readonly level?: number;
  /** Default 1. */
  readonly seed?: number;
  /** The playlist of each query; without it, queries are resampled one by one. */
  readonly playlists?: Uint32Array;
}

/** For a single query (or playlist), or equal values, `low` and `high` are the mean; that does not make it certain. */
export interface Interval {
  readonly mean: number;
  /** The share `level` of the resampled means is between `low` and `high`. */
  readonly low: number;
  readonly high: number;
}

/** A mean difference, with its interval and p-value. */
export interface Difference extends Interval {
  /**
   * Two-sided bootstrap p-value: twice the share of resamples on the smaller side of zero, where that share is at least 1 / resamples.
   * It is never below 2 / 2^n, the smallest p-value of a sign test of the n queries (or playlists) that differ: resampling one query a
   * thousand times proves nothing.
   */
  readonly p: number;
}

const bootstrapRanges: Readonly<Record<keyof BootstrapOptions, ValueRange>> = {
  resamples: wholeNumber(1, 1_000_000),
  level: numberWithin({ above: 0, below: 1 }),
  seed: seeds,
  playlists: thingWith("a Uint32Array of one playlist a query", "length", "map"),
};

/**
 * The mean of each column (one value per query) with its interval; all columns share the same resamples.
 *
 * @throws SegueError (misuse) if there are no queries, a value is not finite, the columns or `playlists` differ in length, or an
 *   option is out of range
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
 * @param a one value per query
 * @param b the same queries in the same order
 * @throws SegueError (misuse) if they differ in length, are empty or have a value that is not finite, or an option is out of range
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
 * @throws SegueError (misuse) if an option is out of range, or there are too few resamples for the level
 */
export function requireBootstrap(options: BootstrapOptions, of: string): void {
  requireOptions(options, bootstrapRanges, of);
  const { resamples = 1000, level = 0.95 } = options;
  const least = Math.ceil(2 / (1 - level) - 1e-9);
  if (resamples < least)
    throw misuse(
      `${resamples} resamples are too few for an interval of level ${level}`,
      `Draw ${least.toLocaleString("en")} or more, so that one lies beyond each end of the interval; 1,000 is the default.`,
    );
}

/** `a − b` for each query. @throws SegueError (misuse) if they differ in length */
export function differences(a: Float64Array, b: Float64Array): Float64Array {
  if (a.length !== b.length) {
    throw misuse(`cannot pair ${a.length} queries with ${b.length}: both must have answered the same ones`);
  }
  return a.map((value, i) => value - b[i]!);
}

/**
 * Resamples several sets of columns over the same queries, in hardly more time than one set takes.
 *
 * @throws SegueError (misuse) if there are no queries, or columns or `playlists` differ in length
 */
export function resample(
  sets: ReadonlyArray<readonly Float64Array[]>,
  { resamples = 1000, seed = 1, playlists }: BootstrapOptions,
): Resampled[][] {
  const all = sets.flat();
  const queries = all[0]?.length ?? 0;
  if (queries === 0) throw misuse("there are no queries to resample");
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

/** @throws SegueError (misuse) if it is not a Float64Array, or naming the first value that is not finite */
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

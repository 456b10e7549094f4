/**
 * How sure a mean is: percentile bootstrap (Efron & Tibshirani 1993, chapter 13). Whole playlists are drawn where the
 * queries name theirs, since questions cut from one playlist are not independent.
 */
import {
  misuse,
  numberWithin,
  Random,
  requireOptions,
  seeds,
  thingWith,
  type ValueRange,
  wholeNumber,
} from "../system/index.js";

export interface BootstrapOptions {
  /** How many times the queries are drawn anew. Default 1,000. */
  readonly resamples?: number;
  /** The share of resamples inside the interval, in (0, 1). Default 0.95. */
  readonly level?: number;
  /** Default 1. */
  readonly seed?: number;
  /** The playlist of each query; without it each query is drawn by itself. */
  readonly playlists?: Uint32Array;
}

export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** A mean difference: how surely is it not nought? */
export interface Difference extends Interval {
  /** Two-sided bootstrap p-value: twice the share of resamples on the smaller side of nought, at least 1 / resamples. */
  readonly p: number;
}

export const bootstrapRanges: Readonly<Record<keyof BootstrapOptions, ValueRange>> = {
  resamples: wholeNumber(1),
  level: numberWithin({ above: 0, below: 1 }),
  seed: seeds,
  playlists: thingWith("a Uint32Array of one playlist a query", "length", "map"),
};

/** @throws SegueError (misuse) naming what is no list of numbers */
function requireColumn(column: ArrayLike<number>, name: string): void {
  if (ArrayBuffer.isView(column)) return;
  throw misuse(`${name} must be a Float64Array of one value a query`, "Float64Array.from(…) makes one");
}

/**
 * The mean of each column (one value a query) with its interval; all columns are drawn together.
 *
 * @throws SegueError (misuse) where there is no query, the columns or `playlists` differ in length, or an option is out of its range
 */
export function bootstrapMeans(columns: readonly Float64Array[], options: BootstrapOptions = {}): Interval[] {
  requireOptions(options, bootstrapRanges, "bootstrapMeans");
  if (!Array.isArray(columns)) throw misuse("columns must be a list of Float64Arrays");
  const { level = 0.95 } = options;
  return resampledMeans(columns, options).map(({ mean, means }) => ({ mean, ...percentiles(means, level) }));
}

/**
 * The mean of `a − b` over the same queries, with its interval and p-value.
 *
 * @param a, b one value a query, in the same order
 * @throws SegueError (misuse) where they differ in length, are empty, or an option is out of its range
 */
export function pairedDifference(
  a: Float64Array,
  b: Float64Array,
  options: BootstrapOptions = {},
): Difference {
  requireOptions(options, bootstrapRanges, "pairedDifference");
  requireColumn(a, "a");
  requireColumn(b, "b");
  if (a.length !== b.length) {
    throw misuse(`cannot pair ${a.length} queries with ${b.length}: both must have answered the same ones`);
  }
  const [{ mean, means }] = resampledMeans([a.map((value, i) => value - b[i]!)], options) as [Resampled];
  let below = 0;
  let above = 0;
  for (const value of means) {
    if (value <= 0) below++;
    if (value >= 0) above++;
  }
  const p = Math.min(1, (2 * Math.max(1, Math.min(below, above))) / means.length);
  return { mean, ...percentiles(means, options.level ?? 0.95), p };
}

interface Resampled {
  readonly mean: number;
  /** One mean a resample, ascending. */
  readonly means: Float64Array;
}

function resampledMeans(
  columns: readonly Float64Array[],
  { resamples = 1000, seed = 1, playlists }: BootstrapOptions,
): Resampled[] {
  for (const [i, column] of columns.entries()) requireColumn(column, `columns[${i}]`);
  const queries = columns[0]?.length ?? 0;
  if (queries === 0) throw misuse("no queries to draw from");
  const other = [...columns.slice(1), ...(playlists ? [playlists] : [])].find(
    ({ length }) => length !== queries,
  );
  if (other !== undefined)
    throw misuse(`cannot draw ${other.length} values with ${queries}: all must be of the same queries`);
  const { rows, classOf, classes } = classify(columns, playlists);
  const width = columns.length + 1;
  const random = new Random(seed);
  const means = columns.map(() => new Float64Array(resamples));
  const drawn = new Uint32Array(classes);
  for (let r = 0; r < resamples; r++) {
    drawn.fill(0);
    for (let i = 0; i < classOf.length; i++) drawn[classOf[random.below(classOf.length)]!]!++;
    const totals = new Float64Array(width);
    for (let c = 0; c < classes; c++) {
      const times = drawn[c]!;
      if (times > 0) for (let j = 0; j < width; j++) totals[j]! += times * rows[c * width + j]!;
    }
    for (let j = 0; j < columns.length; j++) means[j]![r] = totals[j]! / totals[columns.length]!;
  }
  return columns.map((column, j) => ({
    mean: column.reduce((sum, value) => sum + value, 0) / queries,
    means: means[j]!.sort(),
  }));
}

/**
 * What is drawn (a query, or a playlist with all of its queries) as a row of sums and the number of queries. Equal rows are
 * one class: a metric at k takes few values, so that a resample is a histogram of few bins and costs one look-up a draw.
 */
function classify(columns: readonly Float64Array[], playlists: Uint32Array | undefined) {
  const width = columns.length + 1;
  const queries = columns[0]!.length;
  const unitOf = playlists ? renumber(playlists) : Uint32Array.from({ length: queries }, (_, i) => i);
  const units = unitOf.reduce((most, unit) => Math.max(most, unit + 1), 0);
  const sums = new Float64Array(units * width);
  for (let i = 0; i < queries; i++) {
    const row = unitOf[i]! * width;
    for (let j = 0; j < columns.length; j++) sums[row + j]! += columns[j]![i]!;
    sums[row + columns.length]!++;
  }
  const known = new Map<string, number>();
  const rows: number[] = [];
  const classOf = new Uint32Array(units);
  for (let unit = 0; unit < units; unit++) {
    const row = sums.subarray(unit * width, (unit + 1) * width);
    const key = row.join();
    let found = known.get(key);
    if (found === undefined) {
      found = known.size;
      known.set(key, found);
      rows.push(...row);
    }
    classOf[unit] = found;
  }
  return { rows: Float64Array.from(rows), classOf, classes: known.size };
}

function renumber(playlists: Uint32Array): Uint32Array {
  const numbers = new Map<number, number>();
  return playlists.map((playlist) => {
    const known = numbers.get(playlist);
    if (known !== undefined) return known;
    numbers.set(playlist, numbers.size);
    return numbers.size - 1;
  });
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

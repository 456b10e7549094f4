/** Resamples queries (or playlists with all their queries) with replacement, and computes the means of all columns each time. */
import { Random } from "../../system/index.js";

export interface Resampled {
  readonly mean: number;
  /** The mean of each resample, ascending. */
  readonly means: Float64Array;
  /** The number of units, queries or playlists, whose values do not sum to 0. */
  readonly nonZero: number;
}

/**
 * All sets share the same draws. The result for a set is the same as if it were resampled alone.
 *
 * @param sets columns of one finite value per query, all of the same length, at least 1
 * @param playlists the playlist of each query; without it, queries are resampled one by one
 */
export function resampledMeans(
  sets: ReadonlyArray<readonly Float64Array[]>,
  resamples: number,
  seed: number,
  playlists: Uint32Array | undefined,
): Resampled[][] {
  const queries = sets[0]?.[0]?.length ?? 0;
  const { unitOf, units } = unitsOf(queries, playlists);
  const classified = sets.map((columns) => classify(columns, unitOf, units));
  const means = sets.map((columns) => columns.map(() => new Float64Array(resamples)));
  const random = new Random(seed);
  const drawn = new Uint32Array(units);
  for (let r = 0; r < resamples; r++) {
    drawn.fill(0);
    for (let i = 0; i < units; i++) drawn[random.below(units)]!++;
    for (let s = 0; s < sets.length; s++) {
      const totals = totalsOf(classified[s]!, drawn);
      const count = totals.at(-1)!;
      for (let j = 0; j < sets[s]!.length; j++) means[s]![j]![r] = totals[j]! / count;
    }
  }
  return sets.map((columns, s) =>
    columns.map((column, j) => ({
      mean: column.reduce((sum, value) => sum + value, 0) / queries,
      means: means[s]![j]!.sort(),
      nonZero: classified[s]!.nonZero[j]!,
    })),
  );
}

/** The units to resample: queries, or playlists. */
function unitsOf(
  queries: number,
  playlists: Uint32Array | undefined,
): { unitOf: Uint32Array; units: number } {
  if (playlists === undefined)
    return { unitOf: Uint32Array.from({ length: queries }, (_, i) => i), units: queries };
  const numbers = new Map<number, number>();
  const unitOf = Uint32Array.from(playlists, (playlist) => {
    const known = numbers.get(playlist) ?? numbers.size;
    numbers.set(playlist, known);
    return known;
  });
  return { unitOf, units: numbers.size };
}

/**
 * Units with equal sums in all columns form a class. A metric at k has few distinct values, so a resample is a histogram with
 * few bins.
 */
interface Classified {
  readonly classes: number;
  /** The number of columns plus one. */
  readonly width: number;
  /** By class: the sum of each column over a unit's queries, then the number of these queries. */
  readonly rows: Float64Array;
  /** The class with the most units, often the misses. Its draws are those that no other class got. */
  readonly largest: number;
  /** The units of the other classes, and the class of each. */
  readonly others: Uint32Array;
  readonly otherClasses: Uint32Array;
  /** By column: the number of units whose values do not sum to 0. */
  readonly nonZero: readonly number[];
  /** How often each class was drawn. */
  readonly drawn: Uint32Array;
  readonly totals: Float64Array;
}

function classify(columns: readonly Float64Array[], unitOf: Uint32Array, units: number): Classified {
  const width = columns.length + 1;
  const sums = new Float64Array(units * width);
  for (let i = 0; i < unitOf.length; i++) {
    const row = unitOf[i]! * width;
    for (let j = 0; j < columns.length; j++) sums[row + j]! += columns[j]![i]!;
    sums[row + columns.length]!++;
  }
  const known = new Map<string, number>();
  const rows: number[] = [];
  const sizes: number[] = [];
  const classOf = new Uint32Array(units);
  for (let unit = 0; unit < units; unit++) {
    const row = sums.subarray(unit * width, (unit + 1) * width);
    const key = row.join();
    let found = known.get(key);
    if (found === undefined) {
      found = known.size;
      known.set(key, found);
      rows.push(...row);
      sizes.push(0);
    }
    sizes[found]!++;
    classOf[unit] = found;
  }
  const nonZero = columns.map((_, j) =>
    sizes.reduce((sum, size, c) => sum + (rows[c * width + j] === 0 ? 0 : size), 0),
  );
  const largest = sizes.reduce((most, size, at) => (size > sizes[most]! ? at : most), 0);
  const others = Uint32Array.from(classOf.keys()).filter((unit) => classOf[unit] !== largest);
  return {
    classes: known.size,
    width,
    rows: Float64Array.from(rows),
    largest,
    others,
    otherClasses: others.map((unit) => classOf[unit]!),
    nonZero,
    drawn: new Uint32Array(known.size),
    totals: new Float64Array(width),
  };
}

/** The sums over one resample; overwrites those of the previous one. @param times how often each unit was drawn */
function totalsOf(
  { classes, width, rows, largest, others, otherClasses, drawn, totals }: Classified,
  times: Uint32Array,
): Float64Array {
  drawn.fill(0);
  let left = times.length;
  for (let i = 0; i < others.length; i++) {
    const count = times[others[i]!]!;
    drawn[otherClasses[i]!]! += count;
    left -= count;
  }
  drawn[largest] = left;
  totals.fill(0);
  for (let c = 0; c < classes; c++) {
    const count = drawn[c]!;
    if (count > 0) for (let j = 0; j < width; j++) totals[j]! += count * rows[c * width + j]!;
  }
  return totals;
}

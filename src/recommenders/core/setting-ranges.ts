/** What a setting of a recommender may be, in words for people and as a check. */

export interface SettingRange {
  /** "a whole number ≥ 1", for messages. */
  readonly wanted: string;
  readonly holds: (value: unknown) => boolean;
}

/** One range a setting. */
export type SettingRanges<Settings> = { readonly [Name in keyof Settings]: SettingRange };

interface Limits {
  /** The least value; the range holds it. Default: none. */
  readonly least?: number;
  /** Every value is larger; the range does not hold it. Default: none. */
  readonly above?: number;
  /** The largest value; the range holds it. Default: none. */
  readonly most?: number;
  /** Every value is smaller; the range does not hold it. Default: none. */
  readonly below?: number;
}

/** Whole numbers from `least`, to `most` where it is given. */
export function wholeNumber(least: number, most?: number): SettingRange {
  const limits = { least, ...(most === undefined ? {} : { most }) };
  return {
    wanted: `a whole number ${wordsFor(limits)}`,
    holds: (value) => Number.isSafeInteger(value) && isWithin(value as number, limits),
  };
}

/** Finite numbers within the limits. */
export function numberWithin(limits: Limits = {}): SettingRange {
  return {
    wanted: `a number ${wordsFor(limits)}`.trimEnd(),
    holds: (value) => Number.isFinite(value) && isWithin(value as number, limits),
  };
}

/** true and false, also as 1 and 0. */
export const yesOrNo: SettingRange = {
  wanted: "true or false (or 1 or 0)",
  holds: (value) => value === true || value === false || value === 1 || value === 0,
};

/** What `range` holds, and one word beside it. */
export function orWord(word: string, range: SettingRange): SettingRange {
  return { wanted: `"${word}" or ${range.wanted}`, holds: (value) => value === word || range.holds(value) };
}

/**
 * Exponents of weights. More than 10 lets a single play outweigh all others together, and from some hundred on weights are no longer
 * numbers.
 */
export const exponent = numberWithin({ least: 0, most: 10 });

/** Factors of scores: as large as any that still compares. */
export const factor = numberWithin({ least: 0, most: 1000 });

/** What a recommender may make of tracks that have played already. */
export const repeatsRange = orWord("auto", factor);

function isWithin(value: number, { least, above, most, below }: Limits): boolean {
  return (
    (least === undefined || value >= least) &&
    (above === undefined || value > above) &&
    (most === undefined || value <= most) &&
    (below === undefined || value < below)
  );
}

function wordsFor({ least, above, most, below }: Limits): string {
  if (least !== undefined && most !== undefined) return `from ${least} to ${most}`;
  const parts = [
    ...(least === undefined ? [] : [`≥ ${least}`]),
    ...(above === undefined ? [] : [`> ${above}`]),
    ...(most === undefined ? [] : [`≤ ${most}`]),
    ...(below === undefined ? [] : [`< ${below}`]),
  ];
  return parts.join(" and ");
}

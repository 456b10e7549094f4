/** What settings of recommenders may be, beside plain numbers. */
import { numberWithin, type ValueRange } from "../../system/index.js";

/** One range a setting. */
export type SettingRanges<Settings> = { readonly [Name in keyof Settings]: ValueRange };

/** true and false, also as 1 and 0. */
export const yesOrNo: ValueRange = {
  wanted: "true or false (or 1 or 0)",
  holds: (value) => value === true || value === false || value === 1 || value === 0,
};

/** What `range` holds, and one word beside it. */
export function orWord(word: string, range: ValueRange): ValueRange {
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

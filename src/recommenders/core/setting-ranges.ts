/** Ranges of recommender settings, apart from plain numbers. */
import { numberWithin, type ValueRange } from "../../system/index.js";

/** One range per setting. */
export type SettingRanges<Settings> = { readonly [Name in keyof Settings]: ValueRange };

/** Booleans, also as 1 and 0. */
export const yesOrNo: ValueRange = {
  wanted: "true or false (or 1 or 0)",
  holds: (value) => value === true || value === false || value === 1 || value === 0,
};

/** Extends a range by one word. */
export function orWord(word: string, range: ValueRange): ValueRange {
  return { wanted: `"${word}" or ${range.wanted}`, holds: (value) => value === word || range.holds(value) };
}

/**
 * Exponents of weights. Above 10 a single play outweighs all others together; from a few hundred on, weights overflow.
 */
export const exponent = numberWithin({ least: 0, most: 10 });

/** Factors of scores; larger ones make no difference. */
export const factor = numberWithin({ least: 0, most: 1000 });

/** The `repeats` setting: the score factor for tracks already played. */
export const repeatsRange = orWord("auto", factor);

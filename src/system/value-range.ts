/** What a value may be, in words for people and as a check. */
import { misuse } from "./errors.js";

export interface ValueRange {
  /** "a whole number ≥ 1", for messages. */
  readonly wanted: string;
  readonly holds: (value: unknown) => boolean;
}

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

/** Whole numbers (up to 2^53 - 1), from `least` and to `most` where they are given. */
export function wholeNumber(least?: number, most?: number): ValueRange {
  const limits = { ...(least === undefined ? {} : { least }), ...(most === undefined ? {} : { most }) };
  return {
    wanted: `a whole number ${wordsFor(limits)}`.trimEnd(),
    holds: (value) => Number.isSafeInteger(value) && isWithin(value as number, limits),
  };
}

/** Finite numbers within the limits. */
export function numberWithin(limits: Limits = {}): ValueRange {
  return {
    wanted: `a number ${wordsFor(limits)}`.trimEnd(),
    holds: (value) => Number.isFinite(value) && isWithin(value as number, limits),
  };
}

/**
 * @param name of what has the value, as its user writes it
 * @throws SegueError (misuse) where the range does not hold it: "k must be a whole number ≥ 1, got 0"
 */
export function requireWithin(range: ValueRange, name: string, value: unknown, hint?: string): void {
  if (!range.holds(value)) throw misuse(`${name} must be ${range.wanted}, got ${asWritten(value)}`, hint);
}

/** A value as one would write it: text in quotes, so that "5" is not taken for 5. */
export function asWritten(value: unknown): string {
  if (typeof value === "string" || (typeof value === "object" && value !== null))
    return JSON.stringify(value);
  return String(value);
}

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

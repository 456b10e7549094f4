/** What a value may be, in words for people and as a check. */
import { misuse } from "./errors.js";
import { quoted } from "./quoted.js";

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
  const limits = { least, most };
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

/** Whether it is "s3://bucket/key", "https://…": as a path it would be a folder called "s3:". */
export const isUrl = (path: string) => /^[a-z][a-z0-9+.-]+:\/\//i.test(path);

/** The path of a file or a folder. */
export const aPath: ValueRange = {
  wanted: "a path on this machine",
  holds: (value) => typeof value === "string" && value !== "" && !value.includes("\0") && !isUrl(value),
};

export const someText: ValueRange = { wanted: "text", holds: (value) => typeof value === "string" };

export const trueOrFalse: ValueRange = {
  wanted: "true or false",
  holds: (value) => typeof value === "boolean",
};

export const aFunction: ValueRange = {
  wanted: "a function",
  holds: (value) => typeof value === "function",
};

/** A list of text. @param what "track ids", for messages */
export function listOf(what: string): ValueRange {
  return {
    wanted: `a list of ${what}`,
    holds: (value) => Array.isArray(value) && value.every((each) => typeof each === "string"),
  };
}

/** One of a few words. */
export function oneOf(...words: readonly string[]): ValueRange {
  return {
    wanted: `one of ${quoted(words)}`,
    holds: (value) => words.includes(value as string),
  };
}

/**
 * What is known by what it has: an object (or a function) with these members, whatever made it.
 *
 * @param wanted "an AbortSignal"
 * @param members none: any object
 */
export function thingWith(wanted: string, ...members: readonly PropertyKey[]): ValueRange {
  return {
    wanted,
    holds: (value) =>
      value !== null &&
      value !== undefined &&
      (members.length > 0 || typeof value === "object") &&
      members.every((member) => (value as Record<PropertyKey, unknown>)[member] !== undefined),
  };
}

export const aSignal = thingWith("an AbortSignal", "aborted", "addEventListener");

/** What long work may be given beside its own options, each under this name. */
export const besideWork = { progress: aFunction, signal: aSignal };

/** Seeds of everything random. */
export const seeds = wholeNumber(0);

/** The most milliseconds that a timer counts; one that is set for longer goes off at once. */
export const longestTimer = 2 ** 31 - 1;

/** The longest value that a message shows. */
const longest = 200;

/** A value as one would write it: text in quotes, so that "5" is not taken for 5; what is long in short. */
export function asWritten(value: unknown): string {
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  if (value instanceof Promise) return "a promise (is an await missing?)";
  if (typeof value !== "string" && (typeof value !== "object" || value === null)) return String(value);
  const text = asJson(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** Of long lists their length alone: of a corpus they could not be made into text at all. */
function asJson(value: string | object): string {
  if (isLong(value)) return `${value.length} values`;
  try {
    return JSON.stringify(value, (_, held) => (isLong(held) ? `${held.length} values` : held));
  } catch {
    // Of what holds itself, or a bigint.
    return "an object";
  }
}

const isLong = (value: unknown): value is ArrayLike<unknown> =>
  ArrayBuffer.isView(value) || (Array.isArray(value) && value.length > 20);

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

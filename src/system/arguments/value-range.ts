/** Ranges of values: a check, and a description for messages. */
import { misuse } from "../errors/errors.js";
import { quoted, shortened } from "../text/quoted.js";

export interface ValueRange {
  /** "a whole number ≥ 1", for messages. */
  readonly wanted: string;
  readonly holds: (value: unknown) => boolean;
}

interface Limits {
  /** Inclusive minimum. Default: none. */
  readonly least?: number;
  /** Exclusive minimum. Default: none. */
  readonly above?: number;
  /** Inclusive maximum. Default: none. */
  readonly most?: number;
  /** Exclusive maximum. Default: none. */
  readonly below?: number;
}

/** Whole numbers (up to 2^53 - 1), from `least` to `most`, both inclusive and optional. */
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
 * @param name the value's name, as users write it
 * @throws SegueError (misuse) if the value is out of range: "k must be a whole number ≥ 1, got 0"
 */
export function requireWithin(range: ValueRange, name: string, value: unknown, hint?: string): void {
  if (!range.holds(value)) throw misuse(`${name} must be ${range.wanted}, got ${asWritten(value)}`, hint);
}

/** Whether it is a URL ("s3://bucket/key"), which as a path would create a folder called "s3:". */
export const isUrl = (path: string) => /^[a-z][a-z0-9+.-]+:\/\//i.test(path);

/** A path of a file or folder. */
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

/** A list of strings. @param what "track ids", for messages */
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
 * Objects (or functions) with these members, of any class.
 *
 * @param wanted "an AbortSignal"
 * @param members if empty, any object is accepted, but no function
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

/** Options that all long work accepts. */
export const besideWork = { progress: aFunction, signal: aSignal };

/** Seeds of everything random. */
export const seeds = wholeNumber(0);

/** The longest delay of a timer, in milliseconds; with a longer one it fires at once. */
export const longestTimer = 2 ** 31 - 1;

/** A value for messages, as in source code: text is quoted, to tell "5" from 5, and long values are shortened. */
export function asWritten(value: unknown): string {
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  if (value instanceof Promise) return "a promise (is an await missing?)";
  if (typeof value !== "string" && (typeof value !== "object" || value === null)) return String(value);
  const text = asJson(value);
  return shortened(text);
}

/** Long lists are replaced by their length, since those of a corpus could exceed the longest string. */
function asJson(value: string | object): string {
  if (isLong(value)) return `${value.length} values`;
  try {
    return JSON.stringify(value, (_, held) => (isLong(held) ? `${held.length} values` : held));
  } catch {
    // A circular structure, or a bigint in it.
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

/** Checks options by name. In plain JavaScript a misspelt option would otherwise silently keep its default. */
import { misuse } from "../errors/errors.js";
import { closest } from "./nearest.js";
import { asWritten, requireWithin, type ValueRange } from "./value-range.js";

/**
 * @param of whose options they are, for the message; default: not named
 * @throws SegueError (misuse) naming the first unknown option, or if `options` is not an object
 */
export function requireKnown(options: object, known: readonly string[], of?: string): void {
  requireObject(options, of);
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = closest(unknown, known);
  throw misuse(
    of === undefined ? `there is no option ${unknown}` : `${of} has no option ${unknown}`,
    near === undefined ? `There are: ${known.join(", ")}.` : `Did you mean ${near}?`,
  );
}

/** @throws SegueError (misuse) if `options` is not an object */
export function requireObject(options: object, of?: string): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw misuse(
      `${of === undefined ? "the" : `${of}'s`} options must be an object, got ${asWritten(options)}`,
    );
}

/**
 * Checks options at the doors of the library, since plain JavaScript calls them without a type check.
 *
 * @param ranges the allowed values of every option; an option that is undefined counts as not given
 * @param of whose options they are, for the message: "drawMap"
 * @param needed options without a default
 * @throws SegueError (misuse) naming the first option that is unknown, out of range or missing
 */
export function requireOptions<Options extends object>(
  options: Options,
  ranges: Readonly<Record<keyof Options, ValueRange>>,
  of: string,
  needed: readonly (keyof Options & string)[] = [],
): void {
  const names = Object.keys(ranges) as (keyof Options & string)[];
  requireKnown(options, names, of);
  for (const name of names)
    if (options[name] !== undefined || needed.includes(name))
      requireWithin(ranges[name], name, options[name], `It is an option of ${of}.`);
}

/** Options by their names. A misspelt one would otherwise be its default, and in plain JavaScript nobody would know. */
import { misuse } from "./errors.js";
import { closest } from "./nearest.js";
import { asWritten, requireWithin, type ValueRange } from "./value-range.js";

/**
 * @param of what has the options, for the message; default: nothing is named
 * @throws SegueError (misuse) that names the first one that there is not; also where `options` is no object
 */
export function requireKnown(options: object, known: readonly string[], of?: string): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw misuse(
      `${of === undefined ? "the" : `${of}'s`} options must be an object, got ${asWritten(options)}`,
    );
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = closest(unknown, known);
  throw misuse(
    of === undefined ? `there is no option ${unknown}` : `${of} has no option ${unknown}`,
    near === undefined ? `There are: ${known.join(", ")}.` : `Did you mean ${near}?`,
  );
}

/**
 * For the doors of the library: options come there from plain JavaScript too, where nobody has looked at them.
 *
 * @param ranges of every option that there is, what it may be; one that is undefined counts as not given
 * @param of what has the options, for the message: "drawMap"
 * @param needed those that have no default
 * @throws SegueError (misuse) that names the first one that there is not, that is out of its range, or that is missing
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

/** Options by their names. A misspelt one would otherwise be its default, and in plain JavaScript nobody would know. */
import { misuse } from "./errors.js";
import { closest } from "./nearest.js";
import { asWritten } from "./value-range.js";

/**
 * @param of what has the options, for the message; default: nothing is named
 * @throws SegueError (misuse) that names the first one that there is not; also where `options` is no object
 */
export function requireKnown(options: object, known: readonly string[], of?: string): void {
  if (typeof options !== "object" || options === null)
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

/** Options by their names: a flow in JavaScript has no compiler that reads them. */
import { closest, misuse } from "../system/index.js";

/**
 * @param of what has the options, for the message
 * @throws SegueError (misuse) that names the first one that there is not
 */
export function requireKnown(of: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = closest(unknown, known);
  throw misuse(
    `${of} has no option "${unknown}"`,
    near ? `did you mean ${near}?` : `its options are ${known.join(", ")}`,
  );
}

/** Checks settings before anything is fitted: names, ranges and conflicts. */
import { asWritten, misuse } from "../system/index.js";
import type { RecommenderKind } from "./contract.js";

/**
 * Checks the settings of a kind; undefined ones count as not given.
 *
 * @param written turns the name of a setting into how messages write it, if users write it differently from the library
 * @returns the given settings
 * @throws SegueError (misuse) that names the recommender, the setting, its value and its range
 */
export function checkedSettings<Settings extends object>(
  kind: RecommenderKind<Settings>,
  given: Readonly<Record<string, unknown>>,
  written = (name: string) => name,
): Partial<Settings> {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw misuse(`the settings of the recommender "${kind.name}" must be an object, got ${asWritten(given)}`);
  const settings = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  for (const [name, value] of Object.entries(settings)) {
    if (!Object.hasOwn(kind.defaults, name)) {
      throw misuse(
        `the recommender "${kind.name}" has no setting "${written(name)}"`,
        `It has: ${Object.keys(kind.defaults).map(written).join(", ")}.`,
      );
    }
    const range = kind.ranges[name as keyof Settings];
    if (range.holds(value)) continue;
    throw misuse(
      `the setting "${written(name)}" of the recommender "${kind.name}" is ${asWritten(value)}, wanted ${range.wanted}`,
      `Its default is ${asWritten(kind.defaults[name as keyof Settings])}.`,
    );
  }
  const conflict = kind.conflictIn?.({ ...kind.defaults, ...settings });
  if (conflict !== undefined) throw misuse(`the recommender "${kind.name}": ${conflict.what}`, conflict.hint);
  return settings as Partial<Settings>;
}

/** The check of settings before anything is fitted: names, what each may be, and what several may be together. */
import { asWritten, misuse } from "../system/index.js";
import type { RecommenderKind } from "./contract.js";

/**
 * Checks settings of a kind. One that is undefined counts as not given.
 *
 * @param written how messages write the name of a setting, where its user writes it otherwise than the library does
 * @returns those that are given
 * @throws SegueError (misuse) that names the recommender, the setting, its value and what is wanted
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

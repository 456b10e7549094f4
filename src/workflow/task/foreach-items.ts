/** The items of a foreach: of a list, a typed array or a table. Each gets a task. */
import { SegueError } from "../../system/index.js";
import { isFileArtifact } from "../artifacts/file.js";
import type { ArtifactRef } from "../artifacts/ref.js";
import { isTable, rowAt } from "../artifacts/table.js";
import { type Refs, refOf } from "./merge.js";

/** The error code of a task that leaves the next foreach without a list. */
export const withoutList = "foreach-without-list";

/** A foreach that follows a task, and the artifact that it iterates over. */
export interface ForeachToCome {
  readonly foreach: string;
  readonly over: string;
}

/** How many items an artifact has; undefined if a foreach cannot iterate over it. */
export function itemCount(ref: ArtifactRef | undefined): number | undefined {
  return ref?.kind === "json" || ref?.kind === "array" || ref?.kind === "table" ? ref.length : undefined;
}

/** The first foreach whose list is missing from the artifacts of the task before it. */
export function withoutItems(toCome: readonly ForeachToCome[], refs: Refs): ForeachToCome | undefined {
  return toCome.find(({ over }) => itemCount(refOf(refs, over)) === undefined);
}

/** The item at `index` of a stored artifact. */
export async function itemAt(value: unknown, index: number): Promise<unknown> {
  return isTable(value) ? rowAt(value, index) : (value as ArrayLike<unknown>)[index];
}

/**
 * @param returned what the task's function returned
 * @throws SegueError if the next foreach has no list: it would run no task, and the run would look done
 */
export function requireItems(
  step: string,
  toCome: readonly ForeachToCome[],
  refs: Refs,
  returned: unknown,
): void {
  const lacking = withoutItems(toCome, refs);
  if (!lacking) return;
  const { foreach, over } = lacking;
  const value = (returned as Readonly<Record<string, unknown>> | null | undefined)?.[over];
  const ref = refOf(refs, over);
  const why =
    ref === undefined
      ? `step "${step}" did not write`
      : value === undefined
        ? `step "${ref.by.split("/")[0]}" did not write as a list`
        : `is ${kindOf(value)}`;
  throw new SegueError(`foreach "${foreach}" iterates over "${over}", which ${why}`, {
    hint: `return a list from step "${step}": return { ${over}: […] }; an empty one runs no task`,
    code: withoutList,
  });
}

/** What a value is, for messages: "a string", "an array", "a table". */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (isFileArtifact(value)) return "a file";
  if (isTable(value)) return "a table";
  if (typeof value !== "object") return `a ${typeof value}`;
  if (Array.isArray(value)) return "an array";
  const name = value.constructor?.name ?? "Object";
  return name === "Object" ? "an object" : `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
}

/** What is said of a run that failed: in one line what and where, then what to read and to do, a line each. */
import type { EndRecord } from "../records.js";
import { type Commands, waysOn, withFlags } from "./commands.js";
import { counted } from "./format.js";
import { ownPlace } from "./own-place.js";

export type Failed = NonNullable<EndRecord["failed"]>;

interface Place {
  readonly flow: string;
  readonly run: string;
}

/** "tuning/20260131-090507-k3f9/train/3: no luck (tuning.js:8); 2 other tasks failed, too: train/4, train/5" */
export function failureLine({ flow, run }: Place, { step, task, error, others = [] }: Failed): string {
  const thrownAt = ownPlace(error.stack);
  const place = thrownAt ? ` (${thrownAt})` : "";
  return `${flow}/${run}/${step}/${task}: ${error.message}${place}${besides(others)}`;
}

/**
 * What the error advises, where more can be read of it, and how to go on.
 *
 * @param toRead of the lines of `what: command`; the flags are added
 */
export function afterFailure(
  run: Place,
  { error }: Failed,
  { toRead, ...commands }: Commands & { readonly toRead: readonly string[] },
): string[] {
  // This advice ends in a command of Segue's, which is to look into the same datastore.
  const flags = error.code === "no-run" ? commands.flags : undefined;
  return [
    ...(error.hint ? [withFlags(error.hint, flags)] : []),
    ...toRead.map((line) => withFlags(line, commands.flags)),
    ...waysOn(run, error, commands),
  ];
}

/** How many of the tasks that failed with the first one are named. */
const shownOthers = 5;

function besides(others: readonly string[]): string {
  if (others.length === 0) return "";
  const named = others.slice(0, shownOthers).join(", ");
  const left = others.length - shownOthers;
  return `; ${counted(others.length, "other task")} failed, too: ${named}${left > 0 ? ` and ${left} more` : ""}`;
}

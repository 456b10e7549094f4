/** Messages about a failed run: one line that says what and where, then what to read and do, one per line. */
import type { TaskFailure } from "../../flow/types.js";
import type { EndRecord } from "../../records/records.js";
import type { RunEvent } from "../../running/events.js";
import { duration } from "../text/duration.js";
import { counted } from "../text/format.js";
import { type Commands, waysOn, withFlags } from "./commands.js";
import { ownPlace } from "./own-place.js";

export type Failed = NonNullable<EndRecord["failed"]>;

interface Place {
  readonly flow: string;
  readonly run: string;
}

/** "tuning/20260131-090507-k3f9/train/3: no luck (tuning.js:8); 2 other tasks failed, too: train/4, train/5". */
export function failureLine({ flow, run }: Place, { step, task, error, others = [] }: Failed): string {
  return `${flow}/${run}/${step}/${task}: ${messageAndPlace(error)}${besides(others)}`;
}

/** An error's message, and where in the flow's own code it was thrown: "no luck (tuning.js:8)". */
export function messageAndPlace({ message, stack }: TaskFailure): string {
  const place = ownPlace(stack);
  return place ? `${message} (${place})` : message;
}

/** "no luck; attempt 2 in 1.00 s", with the error's hint: whoever follows it need not wait for the last attempt. */
export function retryLine({ error, attempt, delay }: Extract<RunEvent, { type: "task-retry" }>): string {
  const hint = error.hint ? ` (${error.hint})` : "";
  return `${error.message}${hint}; attempt ${attempt}${delay > 0 ? ` in ${duration(delay)}` : ""}`;
}

/**
 * The error's hint, where to read more, and how to continue.
 *
 * @param toRead lines of the form `what: command`; the flags are appended
 */
export function afterFailure(
  run: Place,
  { error }: Failed,
  { toRead, ...commands }: Commands & { readonly toRead: readonly string[] },
): string[] {
  // This hint ends in a segue command, which needs the same datastore.
  const flags = error.code === "no-run" ? commands.flags : undefined;
  return [
    ...(error.hint ? [withFlags(error.hint, flags)] : []),
    ...toRead.map((line) => withFlags(line, commands.flags)),
    ...waysOn(run, error, commands),
  ];
}

/** How many of the other failed tasks are named. */
const shownOthers = 5;

function besides(others: readonly string[]): string {
  if (others.length === 0) return "";
  const named = others.slice(0, shownOthers).join(", ");
  const left = others.length - shownOthers;
  return `; ${counted(others.length, "other task")} failed, too: ${named}${left > 0 ? ` and ${left} more` : ""}`;
}

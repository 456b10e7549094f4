/** Runs and flows as text for people. */
import type { AnyFlow } from "../../flow/flow.js";
import type { RunSummary } from "../../records/runs.js";
import type { TaskSummary } from "../../records/tasks.js";
import { duration, durationIfKnown, statusAndTime } from "../text/duration.js";
import { colour, colourOfStatus, columns, localTime } from "../text/format.js";
import { folded, packed } from "../text/line-breaks.js";
import { type Commands, waysOn } from "./commands.js";
import { afterFailure, messageAndPlace } from "./failure.js";

/** How many tasks of one step are listed individually. */
const shownTasks = 20;

/**
 * Describes a run and its tasks.
 *
 * @param commands the commands to suggest if it is not done
 * @param printed the last lines that the failed task printed
 */
export function describeRun(
  run: RunSummary,
  tasks: readonly TaskSummary[],
  { printed = [], ...commands }: Commands & { readonly printed?: readonly string[] } = {},
): string {
  const head = [
    `${colour("bold", `${run.flow}/${run.run}`)}  ${colour(colourOfStatus(run.status), statusAndTime(run.status, run.seconds))}`,
    `begun ${localTime(run.created)} by ${run.user}@${run.host}, engine ${run.engine}${run.origin ? `, resumes ${run.origin}` : ""}${run.tags.length > 0 ? `, tags: ${run.tags.join(", ")}` : ""}`,
  ];
  const sources = Object.entries(run.sources ?? {});
  if (sources.length > 0)
    head.push(...folded(`reads ${sources.map(([flow, id]) => `${flow}/${id}`).join(", ")}`));
  const parameters = Object.entries(run.parameters).map(
    ([name, value]) => `${name} = ${JSON.stringify(value)}`,
  );
  if (parameters.length > 0)
    head.push(
      ...packed(parameters)
        .flatMap(folded)
        .map((line) => colour("dim", line)),
    );
  const rows: string[][] = [];
  for (const step of new Set(tasks.map((task) => task.step))) {
    const own = tasks.filter((task) => task.step === step);
    // Of many tasks, only those that are not done are listed.
    const listed =
      own.length > shownTasks ? own.filter((task) => task.status !== "done").slice(0, shownTasks) : own;
    for (const task of listed) rows.push(taskRow(task));
    if (listed.length < own.length) {
      const done = own.filter((task) => task.status === "done");
      const seconds = done.reduce((sum, task) => sum + (task.seconds ?? 0), 0);
      rows.push([
        `  ${step}`,
        colour("green", `${done.length} of ${own.length} done`),
        duration(seconds),
        "",
      ]);
    }
  }
  const text = rows.length > 0 ? [...head, "", columns(rows)] : head;
  if (printed.length > 0) text.push("", ...printed.map((line) => colour("dim", `  │ ${line}`)));
  const ways = whatToDo(run, printed.length > 0, commands);
  if (ways.length > 0) text.push("", ...ways.map((line) => `  → ${line}`));
  return text.join("\n");
}

function whatToDo(run: RunSummary, isPrinted: boolean, commands: Commands): string[] {
  if (run.failed) {
    const { step, task } = run.failed;
    const toRead = isPrinted
      ? [`everything it printed: segue logs ${run.flow}/${run.run}/${step}/${task}`]
      : [];
    return afterFailure(run, run.failed, { ...commands, toRead });
  }
  const isLeft = run.status === "interrupted" || run.status === "stopped";
  return isLeft ? waysOn(run, undefined, commands) : [];
}

function taskRow(task: TaskSummary): string[] {
  const notes = [
    ...(task.attempts.length > 1 ? [`${task.attempts.length} attempts`] : []),
    ...(task.reusedFrom ? [`reused from ${task.reusedFrom} (${task.reusedWhy})`] : []),
    ...(task.caught ? ["caught"] : []),
    ...(task.error ? [messageAndPlace(task.error)] : []),
  ];
  return [
    `  ${task.step}/${task.task}`,
    colour(colourOfStatus(task.status), task.status),
    durationIfKnown(task.seconds),
    notes.join("; "),
  ];
}

export function describeFlow(flow: AnyFlow): string {
  const rows = flow.nodes.map((node) => [
    `  ${node.name}`,
    node.kind === "foreach" ? `foreach of ${node.over}` : node.kind,
    node.after.length > 0 ? `after ${node.after.join(", ")}` : "first",
    [
      ...(node.retry ? [`retry ${node.retry.count}`] : []),
      ...(node.timeout ? [`timeout ${duration(node.timeout)}`] : []),
      ...(node.catch ? [`catch as ${node.catch}`] : []),
      node.description ?? "",
    ]
      .filter((each) => each !== "")
      .join("; "),
  ]);
  return [
    `${colour("bold", flow.name)}${flow.description ? `: ${flow.description}` : ""}`,
    columns(rows),
  ].join("\n");
}

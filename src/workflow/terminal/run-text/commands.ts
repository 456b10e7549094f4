/** The commands suggested when a run is over: how to continue it, or to start a new one. */
// Not imported from the room's index: the studio's pages use these commands too, and cannot load Node modules.
import { shellWord } from "../../../system/text/shell-word.js";
import type { TaskFailure } from "../../flow/types.js";
import type { FlowsToRun, RunRecord } from "../../records/records.js";

type Sources = Readonly<Record<string, string>>;

/**
 * The command that runs the flows after a run, on its results and those of its chain; undefined if there are none.
 *
 * @param done by flow, further runs that they read
 * @param datastore the flag for the run's datastore; default: the one in the recorded command
 */
export function commandAfter(
  run: Pick<RunRecord, "next" | "sources">,
  done: Sources,
  datastore?: string,
): string | undefined {
  return commandFor(run.next, { ...run.sources, ...done }, datastore);
}

/**
 * The command that runs a run's flow and those after it again; undefined if no command started the run.
 *
 * @param datastore see `commandAfter`
 */
export function commandAgain(
  run: Pick<RunRecord, "again" | "sources">,
  datastore?: string,
): string | undefined {
  return commandFor(run.again, run.sources ?? {}, datastore);
}

function commandFor(
  toRun: FlowsToRun | undefined,
  sources: Sources,
  datastore: string | undefined,
): string | undefined {
  if (toRun === undefined || toRun.flows.length === 0) return undefined;
  const flags = (datastore ? flagsWithout(["datastore"], toRun.flags) : toRun.flags).map(shellWord);
  if (datastore) flags.push(datastore);
  const runs = Object.entries(sources).map(([flow, id]) => `${flow}/${id}`);
  const from = runs.length === 0 ? [] : ["--from", ...runs];
  return ["segue run", ...toRun.flows.map(shellWord), ...flags, ...from].join(" ");
}

/** Removes the named flags with their values, and the `--no-` forms of switches. */
export function flagsWithout(names: readonly string[], flags: readonly string[]): string[] {
  const kept: string[] = [];
  let isLeftOut = false;
  for (const flag of flags) {
    if (flag.startsWith("-"))
      isLeftOut = names.some((name) => new RegExp(`^--(no-)?${name}(=|$)`).test(flag));
    if (!isLeftOut) kept.push(flag);
  }
  return kept;
}

export interface Commands {
  /** Flags to add to the other commands: "--datastore elsewhere". */
  readonly flags?: string;
  /** The command that runs the flows after the run. */
  readonly next?: string;
  /** The command that starts a new run, and the flows after it, to use other parameters. */
  readonly again?: string | undefined;
}

/**
 * How to continue a run that is not done, one line per command.
 *
 * @param error why it failed; undefined if it was stopped
 */
export function waysOn(
  run: { readonly flow: string; readonly run: string },
  error: Pick<TaskFailure, "code" | "exitCode"> | undefined,
  { flags, next, again }: Commands,
): string[] {
  // Resuming keeps the wrong parameters.
  if (error?.exitCode === 2 && again)
    return [`run it again with correct input (a resumed run keeps its parameters): ${again}`];
  const resume = withFlags(`segue resume ${run.flow}/${run.run}`, flags);
  return [
    `${error ? "when it is fixed" : "continue"}: ${resume}`,
    ...(next ? [`then the flows after it: ${next}`] : []),
    // Other parameters would not help if a run is missing.
    ...(error && error.code !== "no-run" && again ? [`with other parameters: ${again}`] : []),
  ];
}

/** Appends flags, if any, to a command. */
export const withFlags = (command: string, flags: string | undefined): string =>
  flags ? `${command} ${flags}` : command;

/** The commands that are suggested once a run is over: how to go on with it, or to run it anew. */
// Not by the room's door: the studio's pages show these commands, too, and can load nothing of Node.
import { shellWord } from "../../system/shell-word.js";
import type { FlowsToRun, RunRecord } from "../records.js";
import type { TaskFailure } from "../types.js";

type Sources = Readonly<Record<string, string>>;

/**
 * The command that runs the flows after a run, on its results and on those of the chain; undefined where none were to come.
 *
 * @param done by flow, runs that they read, too
 * @param datastore the flag that names the datastore of the run; the one that the command had is kept where there is none
 */
export function commandAfter(
  run: Pick<RunRecord, "next" | "sources">,
  done: Sources,
  datastore?: string,
): string | undefined {
  return commandFor(run.next, { ...run.sources, ...done }, datastore);
}

/**
 * The command that runs a run's flow anew, and those that were to come after it; undefined where no command began it.
 *
 * @param datastore as of `commandAfter`
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
  return ["segue run", ...toRun.flows, ...flags, ...from].join(" ");
}

/** Leaves flags out, what they are given, and the `--no-` forms of switches. */
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
  /** Flags that they need, too: "--datastore elsewhere". */
  readonly flags?: string;
  /** The command for what was to come after the run. */
  readonly next?: string;
  /** The command that runs it anew, and what was to come after it: where its parameters have to change. */
  readonly again?: string | undefined;
}

/**
 * How to go on with a run that is not done, one way or step a line.
 *
 * @param error why it failed; a run that was stopped has none
 */
export function waysOn(
  run: { readonly flow: string; readonly run: string },
  error: Pick<TaskFailure, "code" | "exitCode"> | undefined,
  { flags, next, again }: Commands,
): string[] {
  // A run that is resumed keeps its parameters.
  if (error?.exitCode === 2 && again)
    return [`run it anew with what is right (a resumed run keeps its parameters): ${again}`];
  const resume = withFlags(`segue resume ${run.flow}/${run.run}`, flags);
  return [
    `${error ? "when it is put right" : "go on with"}: ${resume}`,
    ...(next ? [`and then with the flows after it: ${next}`] : []),
    // No parameter brings a run that is not there.
    ...(error && error.code !== "no-run" && again ? [`with other parameters: ${again}`] : []),
  ];
}

/** A command with the flags that it needs, if any. */
export const withFlags = (command: string, flags: string | undefined): string =>
  flags ? `${command} ${flags}` : command;

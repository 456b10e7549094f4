/**
 * The command to rerun a flow with other parameters. A step's hint may name a parameter of an earlier flow, such as
 * --session-gap if primary finds too few playlists: then everything from that flow on has to run again. Without such a hint, too few
 * playlists need other files, which intermediate reads.
 */
import { flowOrder } from "../../flows/index.js";
import type { AnyFlow, Client, RunRecord, TaskFailure } from "../../workflow/index.js";
import { flagsOf } from "../../workflow/terminal/flags.js";
import { commandAgain, flagsWithout } from "../../workflow/terminal/run-text/commands.js";
import { flagsOfOthers } from "./chain.js";

/**
 * @param run the failed run
 * @param datastore as for `commandAgain`
 * @returns undefined if the run was not started by a command
 */
export async function commandAnew(
  client: Client,
  run: Pick<RunRecord, "flow" | "again" | "sources">,
  error: Pick<TaskFailure, "hint" | "code">,
  datastore?: string,
): Promise<string | undefined> {
  const as = commandAgain(run, datastore);
  const advised = run.again && (earlierFlag(run.flow, error.hint ?? "") ?? readerOfFiles(run.flow, error));
  if (run.again === undefined || advised === undefined) return as;
  const { owner, flag } = advised;
  const source = run.sources?.[owner.name];
  const reader = client.flow(owner.name);
  const read = source === undefined ? reader.latestSuccessfulRun : reader.run(source);
  const first = await read.record().catch(() => undefined);
  if (first?.again === undefined) return as;
  const last = flowOrder.findIndex(({ name }) => name === run.again!.flows.at(-1));
  const flows = flowOrder.slice(flowOrder.indexOf(owner), last + 1);
  // Both runs may come from one command, or from two.
  const given = first.again.flags;
  const more = run.again.flags.every((word) => given.includes(word)) ? [] : run.again.flags;
  const others = flagsOfOthers(flowOrder, flows);
  const flags = flagsWithout(flag ? [flag.name, ...others] : others, [...given, ...more]);
  return commandAgain(
    {
      again: {
        flows: flows.map(({ name }) => name),
        flags: flag ? [...flags, `--${flag.name}`, flag.value] : flags,
      },
      sources: first.sources,
    },
    datastore,
  );
}

/** The flow to start from, and a flag to give it. */
interface Earlier {
  readonly owner: AnyFlow;
  readonly flag?: { readonly name: string; readonly value: string } | undefined;
}

function readerOfFiles(flow: string, { code }: Pick<TaskFailure, "code">): Earlier | undefined {
  return flow === "primary" && code === "too-few-playlists" ? { owner: flowOrder[0]! } : undefined;
}

/** The first flag of a hint ("--session-gap 30") that the flow lacks, and the nearest earlier flow that has it. */
function earlierFlag(flow: string, advice: string): Earlier | undefined {
  const place = flowOrder.findIndex(({ name }) => name === flow);
  if (place < 0) return undefined;
  const own = flagsOf(flowOrder[place]!);
  const before = flowOrder.slice(0, place).reverse();
  for (const [, name, value] of advice.matchAll(/--([a-z][a-z-]*)(?: (\d+(?:\.\d+)?)(?![\w.]))?/g)) {
    const owner = before.find((each) => flagsOf(each).includes(name!));
    if (owner !== undefined && !own.includes(name!))
      return { owner, flag: value === undefined ? undefined : { name: name!, value } };
  }
  return undefined;
}

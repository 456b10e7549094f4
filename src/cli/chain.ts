/** Several flows of one `segue run` are a chain: each reads the runs of the chain, and whoever resumes one says what comes after it. */
import { misuse } from "../system/index.js";
import type { Client, FlowsToRun, RunRecord } from "../workflow/index.js";
import { shellWord } from "./shell-word.js";

/** By flow, a run whose results the flows after it read. */
export type Sources = Readonly<Record<string, string>>;

/**
 * The runs that --from names.
 *
 * @param names each as "flow/run", the end of a run's id, or a flow (its latest run)
 * @throws SegueError (misuse) where there is no such run, it is not done, or two are of one flow
 */
export async function sourcesFrom(client: Client, names: readonly string[]): Promise<Sources> {
  const sources: Record<string, string> = {};
  for (const name of names) {
    const run = await client.findRun(name);
    const id = await run.id();
    const status = await run.status();
    if (status !== "done")
      throw misuse(
        `--from ${name}: run ${run.flow}/${id} is ${status}`,
        `name one that is done: segue runs ${run.flow}`,
      );
    if (sources[run.flow] !== undefined && sources[run.flow] !== id)
      throw misuse(
        `--from names two runs of ${run.flow}: ${sources[run.flow]} and ${id}`,
        "name one of them",
      );
    sources[run.flow] = id;
  }
  return sources;
}

/** The command that runs the flows after a run, on its results and on those of the chain; undefined where none were to come. */
export function commandAfter(run: Pick<RunRecord, "next" | "sources">, done: Sources): string | undefined {
  return commandFor(run.next, { ...run.sources, ...done });
}

/** The command that runs a run's flow anew, and those that were to come after it; undefined where no command began it. */
export function commandAgain(run: Pick<RunRecord, "again" | "sources">): string | undefined {
  return commandFor(run.again, run.sources ?? {});
}

function commandFor(toRun: FlowsToRun | undefined, sources: Sources): string | undefined {
  if (toRun === undefined || toRun.flows.length === 0) return undefined;
  const runs = Object.entries(sources).map(([flow, id]) => `${flow}/${id}`);
  const from = runs.length === 0 ? [] : ["--from", ...runs];
  return ["segue run", ...toRun.flows, ...toRun.flags.map(shellWord), ...from].join(" ");
}

/** The flows of a command from one of them on, with the flags that they need. The runs that they read are named apart. */
export function flowsFrom(place: number, { flows, flags }: FlowsToRun): FlowsToRun {
  return {
    flows: flows.slice(place),
    flags: flagsWithout(place === 0 ? ["from"] : ["input", "from"], flags),
  };
}

/** Leaves flags out, and what they are given. */
function flagsWithout(names: readonly string[], flags: readonly string[]): string[] {
  const kept: string[] = [];
  let isLeftOut = false;
  for (const flag of flags) {
    if (flag.startsWith("-")) isLeftOut = names.some((name) => new RegExp(`^--${name}(=|$)`).test(flag));
    if (!isLeftOut) kept.push(flag);
  }
  return kept;
}

/** Several flows of one `segue run` are a chain: each reads the runs of the chain, and whoever resumes one says what comes after it. */
import { misuse } from "../system/index.js";
import type { AnyFlow, Client, FlowsToRun } from "../workflow/index.js";
import { flagsWithout } from "../workflow/terminal/commands.js";
import { flagsOf } from "../workflow/terminal/flags.js";

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

/**
 * The flows of a command from one of them on, with the flags that they need. The runs that they read are named apart.
 *
 * @param foreign the parameters, as flags, that none of these flows has
 */
export function flowsFrom(
  place: number,
  { flows, flags }: FlowsToRun,
  foreign: readonly string[],
): FlowsToRun {
  return {
    flows: flows.slice(place),
    flags: flagsWithout(["from", ...foreign], flags),
  };
}

/** The parameters, as flags, that some of all flows have and none of the wanted ones. */
export function flagsOfOthers(all: readonly AnyFlow[], wanted: readonly AnyFlow[]): string[] {
  const own = wanted.flatMap(flagsOf);
  return [...new Set(all.flatMap(flagsOf))].filter((name) => !own.includes(name));
}

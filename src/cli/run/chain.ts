/** The flows of one `segue run` form a chain: each reads the earlier runs of the chain, and resuming one names the flows that follow. */
import { misuse } from "../../system/index.js";
import type { AnyFlow, Client, FlowsToRun } from "../../workflow/index.js";
import { flagsOf } from "../../workflow/terminal/flags.js";
import { flagsWithout } from "../../workflow/terminal/run-text/commands.js";

/** For each flow, the run whose results later flows read. */
export type Sources = Readonly<Record<string, string>>;

/**
 * Resolves the runs named by --from.
 *
 * @param names each as "flow/run", the end of a run's id, or a flow (its latest run)
 * @throws SegueError (misuse) if there is no such run, it is not done, or two are of the same flow
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
 * The flows of a command from number `place` on, with the flags that they need, except --from.
 *
 * @param foreign parameters, as flags, that none of these flows has
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

/** The parameters, as flags, of `all` flows that none of the `wanted` ones has. */
export function flagsOfOthers(all: readonly AnyFlow[], wanted: readonly AnyFlow[]): string[] {
  const own = wanted.flatMap(flagsOf);
  return [...new Set(all.flatMap(flagsOf))].filter((name) => !own.includes(name));
}

/** Several flows of one `segue run` are a chain: each reads the runs of the chain, and whoever resumes one says what comes after it. */
import { misuse } from "../system/index.js";
import type { Client, RunRecord } from "../workflow/index.js";
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
  if (run.next === undefined || run.next.flows.length === 0) return undefined;
  const sources = Object.entries({ ...run.sources, ...done });
  const from = sources.length === 0 ? [] : ["--from", ...sources.map(([flow, id]) => `${flow}/${id}`)];
  return ["segue run", ...run.next.flows, ...run.next.flags.map(shellWord), ...from].join(" ");
}

/** The flags without those of the first flow alone, --input and --from, and what they are given. */
export function flagsAfterTheFirst(flags: readonly string[]): string[] {
  const kept: string[] = [];
  let isLeftOut = false;
  for (const flag of flags) {
    if (flag.startsWith("-")) isLeftOut = /^--(input|from)(=|$)/.test(flag);
    if (!isLeftOut) kept.push(flag);
  }
  return kept;
}

/** The runs that the data of a modeling run comes from. */
import type { Findings } from "../../evaluation/index.js";
import type { Client, RunReader } from "../../workflow/index.js";

export interface DataRuns {
  readonly primary?: RunReader | undefined;
  readonly intermediate?: RunReader | undefined;
}

/** Those that still exist. */
export async function dataRunsOf(client: Client, modeling: RunReader): Promise<DataRuns> {
  const primaryRun = await orNone(modeling.task("start").artifact<string>("primaryRun"));
  if (primaryRun === undefined) return {};
  const primary = client.flow("primary").run(primaryRun);
  const intermediateRun = await orNone(primary.task("start").artifact<string>("intermediateRun"));
  if (intermediateRun === undefined) return { primary };
  return { primary, intermediate: client.flow("intermediate").run(intermediateRun) };
}

/** Which part of the data was used, if `subset` or `dev` asked for less than all. */
export async function sampleOf({ primary, intermediate }: DataRuns): Promise<Findings["sample"]> {
  const parametersOf = async (run?: RunReader) => (run && (await orNone(run.record())))?.parameters ?? {};
  const [{ subset }, { dev, ratio }] = await Promise.all([parametersOf(intermediate), parametersOf(primary)]);
  const isPart = dev === true && Number(ratio) < 1;
  if (subset !== true && !isPart) return undefined;
  return { ...(subset === true ? { subset } : {}), ...(isPart ? { ratio: Number(ratio) } : {}) };
}

/** Undefined if the run is gone, or has no such result (yet). */
export const orNone = <T>(value: Promise<T>): Promise<T | undefined> => value.catch(() => undefined);

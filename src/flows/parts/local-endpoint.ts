/** The endpoint on this machine: started by one task, checked and stopped by the next, which is another process. */
import { join } from "node:path";
import type { z } from "zod";
import {
  type CheckResult,
  checkEndpoint,
  deployLocal,
  type LocalEndpoint,
  stopLocal,
} from "../../deployment/index.js";
import type { deploymentParameters } from "./parameters.js";
import { placesOf } from "./places.js";

export type StartedEndpoint = { readonly target: "local" } & LocalEndpoint;

interface EndpointTask {
  readonly parameters: Readonly<z.output<typeof deploymentParameters>>;
  /** The bundle's folder. */
  readonly bundle: string;
  readonly signal: AbortSignal;
}

/** Starts the endpoint and leaves it running: whoever checks it stops it, or whoever ends the run. */
export async function startEndpoint({ parameters, bundle, signal }: EndpointTask): Promise<StartedEndpoint> {
  const logFile = join((await placesOf(parameters.data))("outputs"), "endpoint.log");
  const deployed = await deployLocal({ bundle, port: parameters.port, logFile, signal });
  deployed.keep();
  const { url, pid } = deployed;
  console.log(`endpoint ${url}, process ${pid}`);
  return { target: "local", url, pid, logFile };
}

/** Asks the endpoint, compares, and stops it unless it should be kept. One that is gone is started again first. */
export async function checkLocal({
  endpoint: started,
  ...task
}: EndpointTask & { readonly endpoint: StartedEndpoint }): Promise<{
  check: CheckResult;
  endpoint: StartedEndpoint;
}> {
  // A resumed run takes over the deploy step of a run with which its endpoint was stopped.
  const endpoint = (await answers(started)) ? started : await startEndpoint(task);
  try {
    const check = await orAborted(checkEndpoint({ url: endpoint.url, bundle: task.bundle }), task.signal);
    const { track, answer, latency } = check;
    const first = answer.slice(0, 3).map((each) => each.track);
    console.log(`asked what follows ${track}: ${first.join(", ")}`);
    console.log(
      `p50 ${latency.p50.toFixed(1)} ms, p99 ${latency.p99.toFixed(1)} ms over ${latency.calls} calls`,
    );
    return { check, endpoint };
  } finally {
    if (!task.parameters.keep) await stopLocal(endpoint);
  }
}

async function answers({ url, pid }: StartedEndpoint): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) });
    return ((await response.json()) as { pid?: number }).pid === pid;
  } catch {
    return false;
  }
}

/** What `work` gives, or the signal's reason as soon as it fires: the work's own end is then of no interest. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort);
  });
  work.catch(() => {});
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener("abort", onAbort!));
}

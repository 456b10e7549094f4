/** The endpoint on this machine: one task starts it, the next one, in another process, checks and stops it. */
import { join } from "node:path";
import {
  answersOf,
  type BundleAnswers,
  type CheckResult,
  checkEndpoint,
  deployLocal,
  isAnswering,
  type LocalEndpoint,
  stopLocal,
} from "../../deployment/index.js";
import { untilAborted } from "../../system/index.js";
import type { Client } from "../../workflow/index.js";
import type { DeploymentParameters } from "../parameters/parameters.js";
import { placesOf } from "../places/places.js";
import { runFile, showLatest } from "../places/run-file.js";
import { stopForgotten } from "./forgotten-endpoint.js";

export type StartedEndpoint = { readonly target: "local" } & LocalEndpoint;

interface EndpointTask {
  readonly parameters: DeploymentParameters;
  /** The bundle's folder. */
  readonly bundle: string;
  readonly client: Client;
  /** The id of the deployment run. */
  readonly run: string;
  readonly signal: AbortSignal;
}

/** In milliseconds. A model of two million tracks opens in ten seconds on an otherwise idle machine. */
const readyTimeout = 120_000;

/** A running endpoint, and the answers expected of it. */
interface Started {
  readonly endpoint: StartedEndpoint;
  readonly expected: BundleAnswers;
}

/**
 * Starts the endpoint and leaves it running; the check stops it. A large model takes seconds to open: while the endpoint opens it on
 * one core, this process computes on another what the bundle itself answers, for the check to compare with.
 */
export async function startEndpoint({
  parameters,
  bundle,
  client,
  run,
  signal,
}: EndpointTask): Promise<Started> {
  const latestLog = join((await placesOf(parameters.data))("outputs"), "endpoint.log");
  await stopForgotten(client, run, latestLog);
  const logFile = runFile(latestLog, run);
  await showLatest(latestLog, logFile);
  const deploying = deployLocal({ bundle, port: parameters.port, logFile, readyTimeout, signal });
  const asking = answersOf(bundle);
  // If the deployment fails, nobody awaits this.
  asking.catch(() => {});
  const deployed = await deploying;
  const expected = await untilAborted(asking, signal).catch(async (error: unknown) => {
    await deployed.stop();
    throw error;
  });
  deployed.keep();
  const { url, pid } = deployed;
  console.log(`endpoint ${url}, process ${pid}, log ${logFile}`);
  return { endpoint: { target: "local", url, pid, logFile }, expected };
}

/** Compares the endpoint's answers with the bundle's, and stops it unless `keep` is set. If it is gone, starts it again first. */
export async function checkLocal({
  endpoint: started,
  expected: answered,
  ...task
}: EndpointTask & { readonly endpoint: StartedEndpoint; readonly expected: BundleAnswers | null }): Promise<{
  check: CheckResult;
  endpoint: StartedEndpoint;
}> {
  // A resumed run reuses the deploy step of a run whose endpoint has been stopped.
  const { endpoint, expected } = (await isAnswering(started))
    ? { endpoint: started, expected: answered }
    : await startEndpoint(task);
  try {
    const checking = checkEndpoint({ url: endpoint.url, bundle: expected ?? task.bundle });
    return { check: await untilAborted(checking, task.signal), endpoint };
  } finally {
    if (!task.parameters.keep) await stopLocal(endpoint);
  }
}

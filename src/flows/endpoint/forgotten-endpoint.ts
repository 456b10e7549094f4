/** An endpoint that no record tells of: its run was killed when it was ready, before the deploy step was done. */
import { readFile } from "node:fs/promises";
import { type LocalEndpoint, stopLocal } from "../../deployment/index.js";
import type { Client } from "../../workflow/index.js";
import { runFile } from "../places/run-file.js";
import { orNone } from "../report/data-runs.js";

/**
 * Stops such endpoints of the runs that a run resumes: they would run forever, and might hold the port that it needs.
 *
 * @param latestLog the shared path of the endpoints' logs
 */
export async function stopForgotten(client: Client, run: string, latestLog: string): Promise<void> {
  const deployments = client.flow("deployment");
  const { origins } = await deployments.run(run).record();
  for (const origin of origins) {
    if (await orNone(deployments.run(origin.run).task("deploy").artifact("endpoint"))) continue;
    const endpoint = await readyIn(runFile(latestLog, origin.run));
    if (endpoint) await stopLocal(endpoint);
  }
}

/** What the endpoint wrote to its log when it was ready. */
async function readyIn(logFile: string): Promise<LocalEndpoint | undefined> {
  const log = await readFile(logFile, "utf8").catch(() => "");
  const line = log.split("\n").findLast((each) => each.endsWith('"msg":"endpoint ready"}'));
  return line === undefined ? undefined : { ...(JSON.parse(line) as LocalEndpoint), logFile };
}

/** Validates the parameters of a deployment, as far as possible before there is a model. */
import { misuse } from "../../system/index.js";
import type { Engine } from "../../workflow/index.js";
import { flagName } from "../../workflow/parameters/flag-name.js";
import { noteUnused } from "../parameters/note-once.js";
import { type DeploymentParameters, deploymentParameters } from "../parameters/parameters.js";
import { checkPlaces } from "../places/places.js";

export function isForSageMaker({ target, sagemakerDeploy }: DeploymentParameters): boolean {
  return target === undefined ? sagemakerDeploy : target === "sagemaker";
}

/**
 * Says on standard error which parameters of SageMaker a local endpoint has no use for.
 *
 * @throws SegueError (misuse) if the catalog or the data folder is invalid, if SageMaker would refuse a parameter, and for a dry run
 *   of a local endpoint
 */
export async function checkDeployment(parameters: DeploymentParameters, engine: Engine): Promise<void> {
  await checkPlaces(parameters.data, engine);
  // This module imports the AWS SDK, so it is loaded only if needed.
  if (isForSageMaker(parameters)) await (await import("./sagemaker.js")).checkForSageMaker(parameters);
  else if (parameters.dryRun)
    throw misuse(
      "--dry-run is for deployments to SageMaker, and the target is this machine",
      "add --target sagemaker, or leave out --dry-run",
    );
  else sayUnused(parameters);
}

function sayUnused(parameters: DeploymentParameters): void {
  const unused = Object.entries(deploymentParameters.parse({}))
    .filter(([name]) => /^(sagemaker|bucket)/.test(name))
    .filter(([name, usual]) => String(parameters[name as keyof DeploymentParameters]) !== String(usual))
    .map(([name]) => flagName(name).replaceAll("-", "_"));
  if (unused.length === 0) return;
  noteUnused(
    unused,
    ": the endpoint runs on this machine\n  → to deploy to SageMaker, add --target sagemaker",
  );
}

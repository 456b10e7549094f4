/** Validates the parameters of a deployment, as far as possible before there is a model. */
import { misuse } from "../../system/index.js";
import type { Engine } from "../../workflow/index.js";
import type { DeploymentParameters } from "./parameters.js";
import { checkPlaces } from "./places.js";

export function isForSageMaker({ target, sagemakerDeploy }: DeploymentParameters): boolean {
  return target === "sagemaker" || sagemakerDeploy;
}

/**
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
}

/** Whether a deployment can do what it is told, as far as that can be said before there is a model. */
import { misuse } from "../../system/index.js";
import type { Engine } from "../../workflow/index.js";
import type { DeploymentParameters } from "./parameters.js";
import { checkPlaces } from "./places.js";

export function isForSageMaker({ target, sagemakerDeploy }: DeploymentParameters): boolean {
  return target === "sagemaker" || sagemakerDeploy;
}

/**
 * @throws SegueError (misuse) where the catalog or the folder of data is not valid, for everything that SageMaker would not take, and for a dry run of an
 *   endpoint that would be started all the same
 */
export async function checkDeployment(parameters: DeploymentParameters, engine: Engine): Promise<void> {
  await checkPlaces(parameters.data, engine);
  // AWS's SDK comes along: it is loaded only where it is needed.
  if (isForSageMaker(parameters)) await (await import("./sagemaker.js")).checkForSageMaker(parameters);
  else if (parameters.dryRun)
    throw misuse(
      "--dry-run is for deployments to SageMaker, and the target is this machine",
      "add --target sagemaker, or leave out --dry-run",
    );
}

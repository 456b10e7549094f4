/** Whether a deployment can do what it is told, as far as that can be said before there is a model. */
import type { DeploymentParameters } from "./parameters.js";
import { checkPlaces } from "./places.js";

export function isForSageMaker({ target, sagemakerDeploy }: DeploymentParameters): boolean {
  return target === "sagemaker" || sagemakerDeploy;
}

/** @throws SegueError (misuse) where the catalog is not valid, and for everything that SageMaker would not take */
export async function checkDeployment(parameters: DeploymentParameters): Promise<void> {
  await checkPlaces(parameters.data);
  // AWS's SDK comes along: it is loaded only where it is needed.
  if (isForSageMaker(parameters)) await (await import("./sagemaker.js")).checkForSageMaker(parameters);
}

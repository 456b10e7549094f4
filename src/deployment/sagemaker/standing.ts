/** Whether what a deployment made is still there, for whoever goes on with it later. */
import type { SageMakerDeployment } from "./deploy.js";
import { describeEndpoint, sageMakerClient } from "./endpoint.js";
import type { AwsConnection } from "./options.js";

/** "replaced": an endpoint of that name is there, but what it serves was deployed by another. */
export type Standing = "there" | "gone" | "replaced";

/** @throws SegueError where AWS does not say */
export async function sageMakerStanding(
  { endpoint, config }: Pick<SageMakerDeployment, "endpoint" | "config">,
  connection?: AwsConnection,
): Promise<Standing> {
  const found = await describeEndpoint(sageMakerClient(connection), endpoint);
  if (found === undefined) return "gone";
  return found.EndpointConfigName === config ? "there" : "replaced";
}

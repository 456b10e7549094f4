/** Whether a deployment still exists. */

import { describeEndpoint, sageMakerClient } from "./aws/endpoint.js";
import type { SageMakerDeployment } from "./deploying/deploy.js";
import type { AwsConnection } from "./options/options.js";

/** "replaced": an endpoint of this name exists, but another deployment has updated it. */
export type Standing = "there" | "gone" | "replaced";

/** See `sageMakerStanding` in index.ts. */
export async function sageMakerStanding(
  { endpoint, config }: Pick<SageMakerDeployment, "endpoint" | "config">,
  connection?: AwsConnection,
): Promise<Standing> {
  const found = await describeEndpoint(sageMakerClient(connection), endpoint);
  if (found === undefined) return "gone";
  return found.EndpointConfigName === config ? "there" : "replaced";
}

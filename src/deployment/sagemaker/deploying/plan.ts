/** Lists the requests of a deployment without sending them. */
import { requireOptions, thingWith, trueOrFalse } from "../../../system/index.js";
import { archiveFor } from "../archive/served.js";
import { scalingRequests } from "../aws/scaling.js";
import { checkOptions } from "../options/check-options.js";
import type { SageMakerOptions } from "../options/options.js";
import { storeOf } from "./deploy.js";
import { configRequest, createRequest, modelRequest, namesFor, updateRequest } from "./requests.js";

/** One request of a deployment, as it is sent. */
export interface PlannedRequest {
  readonly service: "s3" | "sagemaker" | "application-autoscaling";
  readonly operation: string;
  readonly input: object;
}

/**
 * See `planSageMaker` in index.ts. Of the requests that only read, the list has just the first, DescribeEndpoint.
 */
export async function planSageMaker(
  options: SageMakerOptions,
  how: { exists?: boolean; now?: Date } = {},
): Promise<PlannedRequest[]> {
  checkOptions(options);
  requireOptions(how, { exists: trueOrFalse, now: thingWith("a Date", "toISOString") }, "planSageMaker");
  const { exists = false, now = new Date() } = how;
  const archive = await archiveFor(options);
  await archive.remove();
  const store = storeOf(options);
  const names = namesFor(options, archive.digest, now, store);
  return [
    { service: "sagemaker", operation: "DescribeEndpoint", input: { EndpointName: options.name } },
    ...store
      .uploadRequests(names.key, archive.size)
      .map(({ operation, input }): PlannedRequest => ({ service: "s3", operation, input })),
    { service: "sagemaker", operation: "CreateModel", input: modelRequest(options, names) },
    { service: "sagemaker", operation: "CreateEndpointConfig", input: configRequest(options, names) },
    exists
      ? { service: "sagemaker", operation: "UpdateEndpoint", input: updateRequest(options, names) }
      : { service: "sagemaker", operation: "CreateEndpoint", input: createRequest(options, names) },
    ...scalingRequests(options).flatMap(({ register, policy }): PlannedRequest[] => [
      { service: "application-autoscaling", operation: "RegisterScalableTarget", input: register },
      { service: "application-autoscaling", operation: "PutScalingPolicy", input: policy },
    ]),
  ];
}

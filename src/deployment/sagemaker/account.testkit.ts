/** What exists in the emulated AWS account: failed deployments must leave nothing behind. */
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import {
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
} from "@aws-sdk/client-sagemaker";
import type { S3Store } from "../../storage/s3.js";
import { sageMakerClient } from "./aws/endpoint.js";
import type { Emulator } from "./emulator.testkit.js";

export const nothing = { keys: [], uploads: [], endpoints: [], configs: [], models: [], scaled: [] };

/** What is left in the account, by name. */
export async function leftIn({ connection }: Emulator, store: S3Store) {
  const client = sageMakerClient(connection);
  const keys: string[] = [];
  for await (const { key } of store.list("")) keys.push(key);
  const uploads = await store.client.send(new ListMultipartUploadsCommand({ Bucket: store.bucket }));
  const { Endpoints = [] } = await client.send(new ListEndpointsCommand({}));
  const { EndpointConfigs = [] } = await client.send(new ListEndpointConfigsCommand({}));
  const { Models = [] } = await client.send(new ListModelsCommand({}));
  return {
    keys,
    uploads: uploads.Uploads ?? [],
    endpoints: Endpoints.map((endpoint) => endpoint.EndpointName),
    configs: EndpointConfigs.map((config) => config.EndpointConfigName),
    models: Models.map((model) => model.ModelName),
    scaled: (await scalingOf({ connection })).targets.map((target) => target.ResourceId),
  };
}

export async function scalingOf({ connection }: Pick<Emulator, "connection">) {
  const client = new ApplicationAutoScalingClient(connection);
  const all = { ServiceNamespace: "sagemaker" } as const;
  const { ScalableTargets = [] } = await client.send(new DescribeScalableTargetsCommand(all));
  const { ScalingPolicies = [] } = await client.send(new DescribeScalingPoliciesCommand(all));
  return { targets: ScalableTargets, policies: ScalingPolicies };
}

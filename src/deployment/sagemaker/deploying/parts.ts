/** The parts of an endpoint, one request each: the archive in S3, the model, the endpoint configuration. */
import {
  CreateEndpointConfigCommand,
  CreateModelCommand,
  type DescribeEndpointCommandOutput,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  type SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import type { S3Store } from "../../../storage/s3.js";
import { attempt, isTaken, wasRetried } from "../aws/attempt.js";
import { unlessMissing } from "../aws/endpoint.js";
import type { SageMakerOptions } from "../options/options.js";
import { configRequest, modelRequest, type Names } from "./requests.js";

/** What a deployment has created so far, to be removed if it fails. */
export interface Made {
  endpoint?: string;
  scaled?: boolean;
  config?: string;
  model?: string;
  archive?: string;
}

interface Making {
  readonly client: SageMakerClient;
  readonly store: S3Store;
  readonly options: SageMakerOptions;
  readonly archive: { readonly path: string };
  readonly names: Names;
  readonly made: Made;
}

/** Creates the parts of an endpoint: the archive in S3, the model and the endpoint configuration. */
export async function makeParts({ client, store, options, archive, names, made }: Making): Promise<void> {
  const { progress, signal } = options;
  // The key contains the archive's digest: an existing object is the same archive, and not ours to remove.
  if (!(await store.exists(names.key))) {
    await store.putFile(names.key, archive.path, { progress, signal });
    made.archive = names.archive;
  }
  signal?.throwIfAborted();
  const create = async (part: "model" | "config", what: string, send: () => Promise<unknown>) => {
    made[part] = names[part];
    const sent = () =>
      send().catch((error: unknown) => {
        if (isTaken(error) && wasRetried(error)) return;
        // Another deployment has created it in the same second.
        if (isTaken(error)) made[part] = undefined;
        throw error;
      });
    await attempt(`create the ${what} ${names[part]}`, sent);
  };
  await create("model", "model", () => client.send(new CreateModelCommand(modelRequest(options, names))));
  await create("config", "endpoint configuration", () =>
    client.send(new CreateEndpointConfigCommand(configRequest(options, names))),
  );
  signal?.throwIfAborted();
}

/** The endpoint's current parts, to be removed once they are replaced; only those whose names show that Segue created them. */
export async function partsOf(
  client: SageMakerClient,
  { EndpointName, EndpointConfigName }: DescribeEndpointCommandOutput,
) {
  const isOurs = (name: string | undefined) => name !== undefined && /-\d{14}-[0-9a-f]{8}$/.test(name);
  if (!isOurs(EndpointConfigName)) return undefined;
  return attempt(`look up what ${EndpointName} is made of`, async () => {
    const config = await unlessMissing(
      client.send(new DescribeEndpointConfigCommand({ EndpointConfigName })),
    );
    const model = config?.ProductionVariants?.[0]?.ModelName;
    if (!isOurs(model)) return { config: EndpointConfigName };
    const described = await unlessMissing(client.send(new DescribeModelCommand({ ModelName: model })));
    return { config: EndpointConfigName, model, archive: described?.PrimaryContainer?.ModelDataUrl };
  });
}

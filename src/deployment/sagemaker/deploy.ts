/** Archive → S3 → model → endpoint configuration → endpoint. A failed deployment removes what it created. */
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  type DescribeEndpointCommandOutput,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  type SageMakerClient,
  UpdateEndpointCommand,
} from "@aws-sdk/client-sagemaker";
import { awsFailure, isAbort } from "../../storage/aws-error.js";
import { S3Store } from "../../storage/s3.js";
import { messageOf, misuse, SegueError } from "../../system/index.js";
import { checkOptions } from "./check-options.js";
import { describeEndpoint, isMoving, sageMakerClient, waitForEndpoint } from "./endpoint.js";
import type { SageMakerOptions } from "./options.js";
import { removalsOf, removeAll } from "./remove.js";
import {
  configRequest,
  createRequest,
  modelRequest,
  type Names,
  namesFor,
  updateRequest,
} from "./requests.js";
import { hasScaling, putScaling, removeScaling } from "./scaling.js";
import { archiveFor, type Serves, servedBy } from "./served.js";

/** A live endpoint as plain data, so that another process can check or remove it. */
export interface SageMakerDeployment {
  readonly endpoint: string;
  /** The endpoint's ARN. */
  readonly arn: string;
  /** The name of the endpoint configuration. */
  readonly config: string;
  /** The name of the model. */
  readonly model: string;
  /** Such as "s3://bucket/…/model.tar.gz". */
  readonly archive: string;
  /** Whether an endpoint of this name existed and was updated. */
  readonly updated: boolean;
  /** Whether auto-scaling is set on it. */
  readonly scaled: boolean;
  /** What it answers from. */
  readonly serves: Serves;
  /** How long the deployment took. */
  readonly seconds: number;
}

/** What a deployment has created so far, to be removed if it fails. */
export interface Made {
  endpoint?: string;
  scaled?: boolean;
  config?: string;
  model?: string;
  archive?: string;
}

/** See `deploySageMaker` in index.ts. */
export async function deploySageMaker(options: SageMakerOptions): Promise<SageMakerDeployment> {
  checkOptions(options);
  const { name, progress, connection } = options;
  const start = performance.now();
  const client = sageMakerClient(connection);
  const before = await livingEndpoint(client, name);
  const old = before && (await partsOf(client, before));
  const wasScaled = before !== undefined && (await hasScaling(name, connection));
  const archive = await archiveFor(options);
  const made: Made = {};
  try {
    const store = storeOf(options);
    const names = namesFor(options, archive.digest, new Date(), (key) => store.urlOf(key));
    await makeParts({ client, store, options, archive, names, made });
    const arn = await bringUp(client, options, names, before, made);
    if (before === undefined) {
      await putScaling(options, () => {
        made.scaled = true;
      });
    }
    if (old !== undefined) await removeReplaced(old, names, options);
    if (before !== undefined) await rescale(options, wasScaled, made);
    const { model, config } = names;
    const seconds = (performance.now() - start) / 1000;
    return {
      endpoint: name,
      arn,
      config,
      model,
      archive: names.archive,
      updated: before !== undefined,
      scaled: wasScaled || options.autoScaling !== undefined,
      serves: servedBy(options.image),
      seconds,
    };
  } catch (error) {
    const { timeout, pollInterval } = options;
    const remaining = await removeAll(removalsOf(made, connection, { timeout, pollInterval, progress }));
    if (remaining.length === 0) throw error;
    throw new SegueError(
      `${isAbort(error) ? "interrupted" : messageOf(error)}; what remains: ${remaining.join(", ")}`,
      {
        hint: "remove it in the AWS console: an endpoint costs money while it exists",
        code: "remains",
        cause: error,
      },
    );
  } finally {
    await archive.remove();
  }
}

/** The existing endpoint of this name, if any. @throws SegueError if it cannot be updated */
async function livingEndpoint(client: SageMakerClient, name: string) {
  const endpoint = await describeEndpoint(client, name);
  if (endpoint === undefined || endpoint.EndpointStatus === "InService") return endpoint;
  throw new SegueError(`the endpoint ${name} exists and is ${endpoint.EndpointStatus}`, {
    hint: isMoving(endpoint.EndpointStatus)
      ? "wait until it is InService"
      : "delete it first, or use another name",
  });
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
async function makeParts({ client, store, options, archive, names, made }: Making): Promise<void> {
  const { progress, signal } = options;
  // The key contains the archive's digest: an existing object is the same archive, and not ours to remove.
  if (!(await store.exists(names.key))) {
    await store.putFile(names.key, archive.path, { progress, signal });
    made.archive = names.archive;
  }
  signal?.throwIfAborted();
  await attempt(`create the model ${names.model}`, () => {
    made.model = names.model;
    return client.send(new CreateModelCommand(modelRequest(options, names)));
  });
  await attempt(`create the endpoint configuration ${names.config}`, () => {
    made.config = names.config;
    return client.send(new CreateEndpointConfigCommand(configRequest(options, names)));
  });
  signal?.throwIfAborted();
}

/** Removes the endpoint's previous parts. Failures are only reported as progress, since the deployment has succeeded. */
async function removeReplaced(
  old: Omit<Made, "endpoint" | "scaled">,
  names: Names,
  { name, connection, progress }: SageMakerOptions,
): Promise<void> {
  const archive = old.archive === names.archive ? undefined : old.archive;
  const remaining = await removeAll(removalsOf({ ...old, archive }, connection));
  if (remaining.length > 0) {
    progress?.({
      task: `deployed ${name}`,
      done: 1,
      total: 1,
      note: `of the previous deployment remains ${remaining.join(", ")}`,
    });
  }
}

/**
 * Sets the scaling policy on an updated endpoint. The new parts are already in use, so a failure here must not remove them.
 */
async function rescale(options: SageMakerOptions, wasScaled: boolean, made: Made): Promise<void> {
  made.config = made.model = made.archive = undefined;
  try {
    await putScaling(options, () => {
      if (!wasScaled) made.scaled = true;
    });
  } catch (error) {
    if (made.scaled) await removeScaling(options.name, options.connection).catch(() => {});
    throw new SegueError(`the endpoint ${options.name} was updated and answers, but: ${messageOf(error)}`, {
      hint: "deploy again with the same model to set the auto-scaling",
      code: "not-scaled",
      cause: error,
    });
  }
}

/** Creates or updates the endpoint, and waits. @returns its ARN */
async function bringUp(
  client: SageMakerClient,
  options: SageMakerOptions,
  names: Names,
  before: DescribeEndpointCommandOutput | undefined,
  made: Made,
): Promise<string> {
  const { name } = options;
  const log = `its log is in CloudWatch: /aws/sagemaker/Endpoints/${name}`;
  if (before === undefined) {
    await attempt(`create the endpoint ${name}`, () => {
      made.endpoint = name;
      return client.send(new CreateEndpointCommand(createRequest(options, names)));
    });
  } else {
    await attempt(`update the endpoint ${name}`, () =>
      client.send(new UpdateEndpointCommand(updateRequest(options, names))),
    );
  }
  const after = await waitForEndpoint(client, name, options);
  if (after === undefined) throw new SegueError(`the endpoint ${name} was deleted meanwhile`);
  const {
    EndpointStatus: status,
    FailureReason: reason = "no reason given",
    EndpointConfigName: config,
  } = after;
  if (status !== "InService")
    throw new SegueError(`the endpoint ${name} is ${status}: ${reason}`, {
      hint: log,
      code: "endpoint-failed",
    });
  if (config !== names.config) {
    throw new SegueError(`the update of ${name} was rolled back to ${config}: ${reason}`, {
      hint: log,
      code: "rolled-back",
    });
  }
  return after.EndpointArn ?? "";
}

/** The endpoint's current parts, to be removed once they are replaced; only those whose names show that Segue created them. */
async function partsOf(
  client: SageMakerClient,
  { EndpointName, EndpointConfigName }: DescribeEndpointCommandOutput,
) {
  const isOurs = (name: string | undefined) => name !== undefined && /-\d{14}-[0-9a-f]{8}$/.test(name);
  if (!isOurs(EndpointConfigName)) return undefined;
  return attempt(`look up what ${EndpointName} is made of`, async () => {
    const config = await client.send(new DescribeEndpointConfigCommand({ EndpointConfigName }));
    const model = config.ProductionVariants?.[0]?.ModelName;
    if (!isOurs(model)) return { config: EndpointConfigName };
    const { PrimaryContainer } = await client.send(new DescribeModelCommand({ ModelName: model }));
    return { config: EndpointConfigName, model, archive: PrimaryContainer?.ModelDataUrl };
  });
}

/** The store for the archive. */
export function storeOf({ bucket, encryption, kmsKeyId, connection }: SageMakerOptions): S3Store {
  return new S3Store(bucket, {
    ...connection,
    encryption,
    kmsKeyId: encryption === "aws:kms" ? kmsKeyId : undefined,
  });
}

async function attempt<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isAbort(error)) throw error;
    const message = messageOf(error);
    if (/assume role|role.*(trust|not valid|cannot be assumed)/i.test(message)) {
      throw new SegueError(`cannot ${doing}: SageMaker may not use the role (${message})`, {
        hint: "the role must exist, trust sagemaker.amazonaws.com, and be allowed to read the bucket",
        code: "role",
        cause: error,
      });
    }
    if ((error as Error).name === "ValidationException") throw misuse(`cannot ${doing}: ${message}`);
    throw awsFailure(doing, error);
  }
}

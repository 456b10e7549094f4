/** Archive → S3 → model → endpoint configuration → endpoint. A failed deployment removes what it created. */
import {
  CreateEndpointCommand,
  type DescribeEndpointCommandOutput,
  type SageMakerClient,
  UpdateEndpointCommand,
} from "@aws-sdk/client-sagemaker";
import { S3Store } from "../../../storage/s3.js";
import { messageOf, SegueError } from "../../../system/index.js";
import type { Archive } from "../archive/archive.js";
import { archiveFor, type Serves, servedBy } from "../archive/served.js";
import { attempt, isBusy, isTaken, wasRetried } from "../aws/attempt.js";
import { describeEndpoint, isMissing, isMoving, sageMakerClient, waitForEndpoint } from "../aws/endpoint.js";
import { hasScaling, putScaling, removeScaling } from "../aws/scaling.js";
import { checkOptions } from "../options/check-options.js";
import type { SageMakerOptions } from "../options/options.js";
import { removalsOf, removeAll } from "../remove.js";
import { type Made, makeParts, partsOf } from "./parts.js";
import { createRequest, type Names, namesFor, updateRequest } from "./requests.js";
import { undo } from "./undo.js";

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

/** See `deploySageMaker` in index.ts. */
export async function deploySageMaker(options: SageMakerOptions): Promise<SageMakerDeployment> {
  checkOptions(options);
  const start = performance.now();
  // Before any request to AWS, since it refuses what the image cannot serve.
  const archive = await archiveFor(options);
  try {
    return await deployArchive(archive, options, start);
  } finally {
    await archive.remove();
  }
}

async function deployArchive(
  archive: Archive,
  options: SageMakerOptions,
  start: number,
): Promise<SageMakerDeployment> {
  const { name, connection } = options;
  const client = sageMakerClient(connection);
  const before = await livingEndpoint(client, options);
  const old = before && (await partsOf(client, before));
  const wasScaled = before !== undefined && (await hasScaling(name, connection));
  const made: Made = {};
  try {
    const store = storeOf(options);
    const names = namesFor(options, archive.digest, new Date(), store);
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
    throw await undo(error, { client, options, made, before });
  }
}

/**
 * The existing endpoint of this name, if any. What a killed deployment or another one is doing with it is awaited.
 *
 * @throws SegueError if it cannot be updated
 */
async function livingEndpoint(client: SageMakerClient, options: SageMakerOptions) {
  const { name } = options;
  let endpoint = await describeEndpoint(client, name, options.signal);
  if (isMoving(endpoint?.EndpointStatus)) endpoint = await waitForEndpoint(client, name, options);
  if (endpoint === undefined || endpoint.EndpointStatus === "InService") return endpoint;
  throw new SegueError(`the endpoint ${name} exists and is ${endpoint.EndpointStatus}`, {
    hint: deleteFirst(name),
  });
}

const deleteFirst = (name: string) =>
  `delete it first (aws sagemaker delete-endpoint --endpoint-name ${name}), or use another name`;

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

function takenMeanwhile(name: string, cause: unknown): SegueError {
  return new SegueError(`somebody else has just created an endpoint ${name}`, {
    hint: "deploy again to update that one, or use another name",
    code: "endpoint-taken",
    cause,
  });
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
    await attempt(`create the endpoint ${name}`, async () => {
      made.endpoint = name;
      await client
        .send(new CreateEndpointCommand(createRequest(options, names)))
        .catch(async (error: unknown) => {
          if (!isTaken(error)) throw error;
          const found = await describeEndpoint(client, name);
          if (found?.EndpointConfigName !== names.config) throw takenMeanwhile(name, error);
        });
    });
  } else {
    await attempt(`update the endpoint ${name}`, () =>
      client.send(new UpdateEndpointCommand(updateRequest(options, names))).catch((error: unknown) => {
        // Of a retried request it may be the first try that keeps it busy; the configuration that it ends with shows that.
        if (isBusy(error) && wasRetried(error)) return;
        if (!isMissing(error)) throw error;
        throw new SegueError(`cannot update the endpoint ${name}: ${messageOf(error)}`, {
          hint: deleteFirst(name),
          cause: error,
        });
      }),
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

/** The store for the archive. */
export function storeOf({ bucket, encryption, kmsKeyId, connection }: SageMakerOptions): S3Store {
  return new S3Store(bucket, {
    ...connection,
    encryption,
    kmsKeyId: encryption === "aws:kms" ? kmsKeyId : undefined,
  });
}

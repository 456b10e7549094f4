/** Looks up an endpoint's state, and waits for it to settle. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeEndpointCommand,
  type DescribeEndpointCommandOutput,
  SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import { awsFailure } from "../../../storage/aws-error.js";
import { awsTimeouts } from "../../../storage/aws-timeouts.js";
import { PatientRetries } from "../../../storage/patient-retries.js";
import { messageOf, type Progress, SegueError, silent } from "../../../system/index.js";
import type { AwsConnection } from "../options/options.js";

/** How a client of the SDK reaches AWS. */
export function reaching({ region, endpoint, credentials }: AwsConnection = {}) {
  return {
    ...(region ? { region } : {}),
    ...(endpoint ? { endpoint } : {}),
    ...(credentials ? { credentials } : {}),
    ...awsTimeouts(),
  };
}

export function sageMakerClient(connection?: AwsConnection): SageMakerClient {
  return new SageMakerClient({
    ...reaching(connection),
    // An endpoint is awaited for minutes, in which the network may be away for a while.
    retryStrategy: new PatientRetries(undefined, false),
  });
}

/** SageMaker's description of the endpoint, or undefined if there is none. */
export async function describeEndpoint(
  client: SageMakerClient,
  name: string,
  signal?: AbortSignal,
): Promise<DescribeEndpointCommandOutput | undefined> {
  const asked = client.send(new DescribeEndpointCommand({ EndpointName: name }), { abortSignal: signal });
  return unlessMissing(asked).catch((error: unknown) => {
    throw awsFailure(`look up the endpoint ${name}`, error);
  });
}

/** Undefined for what is not there: somebody may have removed it. */
export function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
}

/** SageMaker has no error type for missing resources; only the message shows it. */
export function isMissing(error: unknown): boolean {
  const { name } = error as Error;
  return (
    name === "ResourceNotFound" ||
    (name === "ValidationException" && /could not find|does not exist/i.test(messageOf(error)))
  );
}

const moving = new Set(["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"]);

export function isMoving(status: string | undefined): boolean {
  return status !== undefined && moving.has(status);
}

/** Seconds between the first two polls of an endpoint. */
const firstPause = 0.5;

/**
 * Waits until the endpoint reaches a stable state.
 *
 * @returns its description, or undefined if it is gone
 * @throws SegueError if it takes longer than `timeout` seconds
 */
export async function waitForEndpoint(
  client: SageMakerClient,
  name: string,
  {
    task = `waiting for endpoint ${name}`,
    timeout = 1800,
    pollInterval = 10,
    progress = silent,
    signal,
  }: { task?: string; timeout?: number; pollInterval?: number; progress?: Progress; signal?: AbortSignal },
): Promise<DescribeEndpointCommandOutput | undefined> {
  const start = performance.now();
  // Polls often at first, in case the endpoint is gone or fails at once.
  let pause = Math.min(firstPause, pollInterval);
  for (;;) {
    signal?.throwIfAborted();
    const found = await describeEndpoint(client, name, signal);
    const seconds = Math.round((performance.now() - start) / 1000);
    progress({
      task,
      done: seconds,
      unit: "s",
      note: found?.EndpointStatus ?? "gone",
    });
    if (found === undefined || !isMoving(found.EndpointStatus)) return found;
    if (seconds > timeout) {
      throw new SegueError(`the endpoint ${name} is still ${found.EndpointStatus} after ${seconds} s`, {
        hint: `give it more time, or look at its log in CloudWatch: /aws/sagemaker/Endpoints/${name}`,
        code: "timeout",
      });
    }
    await sleep(pause * 1000, undefined, { signal });
    pause = Math.min(pollInterval, pause * 1.5);
  }
}

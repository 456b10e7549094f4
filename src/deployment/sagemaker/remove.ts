/** Removes a deployment: auto-scaling, endpoint, configuration, model and archive. */
import {
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
} from "@aws-sdk/client-sagemaker";
import { S3Store } from "../../storage/s3.js";
import {
  aFunction,
  messageOf,
  numberWithin,
  type Progress,
  requireOptions,
  requireWithin,
  SegueError,
  thingWith,
} from "../../system/index.js";
import { isMissing, isMoving, sageMakerClient, waitForEndpoint } from "./aws/endpoint.js";
import { removeScaling } from "./aws/scaling.js";
import type { SageMakerDeployment } from "./deploying/deploy.js";
import type { Made } from "./deploying/parts.js";
import type { AwsConnection } from "./options/options.js";

/** One thing to remove. */
export interface Removal {
  /** Such as "endpoint playlists". */
  readonly what: string;
  /** Whether the following ones are parts of it, and stay with it. */
  readonly isWhole?: boolean;
  remove(): Promise<unknown>;
}

/** Removes as much as possible, in order. @returns what remains, with the reasons */
export async function removeAll(removals: readonly Removal[]): Promise<string[]> {
  const remaining: string[] = [];
  for (const [i, { what, isWhole, remove }] of removals.entries()) {
    try {
      await remove();
    } catch (error) {
      if (isMissing(error)) continue;
      remaining.push(`${what} (${messageOf(error)})`);
      // Without its parts, an endpoint can neither replace an instance nor be updated.
      if (isWhole) return [...remaining, ...removals.slice(i + 1).map((part) => part.what)];
    }
  }
  return remaining;
}

/** What to do about it. @param remaining what `removeAll` returned */
export function remainsHint(endpoint: string, remaining: readonly string[]): string {
  return remaining.some((each) => each.startsWith(`endpoint ${endpoint} (`))
    ? `an endpoint costs money while it exists: aws sagemaker delete-endpoint --endpoint-name ${endpoint}`
    : "remove it in the AWS console";
}

type Waiting = { timeout?: number; pollInterval?: number; progress?: Progress };

/**
 * The removals for a deployment's parts; undefined parts are left out.
 *
 * @param options `onlyIfOwn`: leaves alone an endpoint of this name with another configuration; default: false
 */
export function removalsOf(
  parts: Made,
  connection: AwsConnection | undefined,
  { onlyIfOwn = false, ...waiting }: Waiting & { onlyIfOwn?: boolean } = {},
): Removal[] {
  const client = sageMakerClient(connection);
  const { endpoint, scaled, config, model, archive } = parts;
  const removals: Removal[] = [];
  if (endpoint && scaled) {
    removals.push({
      what: `auto-scaling of ${endpoint}`,
      remove: () => removeScaling(endpoint, connection),
    });
  }
  if (endpoint) {
    removals.push({
      what: `endpoint ${endpoint}`,
      isWhole: true,
      remove: async () => {
        const command = new DeleteEndpointCommand({ EndpointName: endpoint });
        // SageMaker refuses to delete an endpoint that is being created or updated.
        const removing = { ...waiting, task: `removing endpoint ${endpoint}` };
        const found = await waitForEndpoint(client, endpoint, removing);
        if (found === undefined || (onlyIfOwn && found.EndpointConfigName !== config)) return;
        await client.send(command);
        const left = await waitForEndpoint(client, endpoint, removing);
        if (left !== undefined && !isMoving(left.EndpointStatus))
          throw new Error(`it is ${left.EndpointStatus}`);
      },
    });
  }
  if (config) {
    const command = new DeleteEndpointConfigCommand({ EndpointConfigName: config });
    removals.push({ what: `endpoint configuration ${config}`, remove: () => client.send(command) });
  }
  if (model) {
    const command = new DeleteModelCommand({ ModelName: model });
    removals.push({ what: `model ${model}`, remove: () => client.send(command) });
  }
  if (archive) {
    const slash = archive.indexOf("/", "s3://".length);
    const store = new S3Store(archive.slice(0, slash), connection);
    removals.push({ what: archive, remove: () => store.delete(archive.slice(slash + 1)) });
  }
  return removals;
}

export const waitingRanges = {
  timeout: numberWithin({ above: 0 }),
  pollInterval: numberWithin({ above: 0 }),
  progress: aFunction,
  connection: thingWith("an object such as { region }"),
};

/** @throws SegueError (misuse) if it is not a deployment: its parts would be taken for removed already */
export function requireDeployment(deployment: SageMakerDeployment): void {
  const wanted = thingWith("what deploySageMaker returned", "endpoint", "config", "model", "archive");
  requireWithin(wanted, "deployment", deployment);
}

/** See `removeSageMaker` in index.ts. */
export async function removeSageMaker(
  deployment: SageMakerDeployment,
  options: Waiting & { connection?: AwsConnection } = {},
): Promise<void> {
  requireDeployment(deployment);
  requireOptions(options, waitingRanges, "removeSageMaker");
  const remaining = await removeAll(removalsOf(deployment, options.connection, options));
  if (remaining.length > 0) {
    throw new SegueError(`could not remove ${remaining.join(", ")}`, {
      hint: remainsHint(deployment.endpoint, remaining),
      code: "remains",
    });
  }
}

/** What becomes of a failed deployment: what it made is removed, unless the endpoint uses it. */
import type { DescribeEndpointCommandOutput, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { isAbort } from "../../../storage/aws-error.js";
import { messageOf, SegueError } from "../../../system/index.js";
import { waitForEndpoint } from "../aws/endpoint.js";
import type { SageMakerOptions } from "../options/options.js";
import { type Removal, remainsHint, removalsOf, removeAll } from "../remove.js";
import type { Made } from "./parts.js";

/** Seconds for SageMaker to let go of the endpoint, and as many to delete it. The options' timeout may be over already. */
const timeout = 1800;

interface Failed {
  readonly client: SageMakerClient;
  readonly options: SageMakerOptions;
  readonly made: Made;
  /** The endpoint that was to be updated. */
  readonly before: DescribeEndpointCommandOutput | undefined;
}

/** @returns the error to throw: the given one, or one that also says what remains */
export async function undo(error: unknown, failed: Failed): Promise<unknown> {
  const { options, made, before } = failed;
  const { name, pollInterval, progress, connection } = options;
  const why = isAbort(error) ? "interrupted" : messageOf(error);
  const remains = (what: string, hint: string) =>
    new SegueError(`${why}; ${what}`, { hint, code: "remains", cause: error });
  const removals = removalsOf(made, connection, { timeout, pollInterval, progress, onlyIfOwn: true });
  if (before !== undefined && made.config !== undefined) {
    const outcome = await outcomeOfUpdate(failed);
    if (outcome === "updated") {
      const old = before.EndpointConfigName;
      return remains(
        `the update went through all the same: ${name} answers from the new model, and of the old one remains the endpoint configuration ${old}`,
        `to go back: aws sagemaker update-endpoint --endpoint-name ${name} --endpoint-config-name ${old}`,
      );
    }
    if (outcome !== "as before")
      return remains(
        `the update of ${name} may still go through (${outcome}), so what it needs remains: ${listed(removals)}`,
        `look what becomes of it: aws sagemaker describe-endpoint --endpoint-name ${name}`,
      );
  }
  const remaining = await removeAll(removals);
  if (remaining.length === 0) return error;
  return remains(`what remains: ${remaining.join(", ")}`, remainsHint(name, remaining));
}

/** An update cannot be stopped, only awaited. @returns how it ended, or why that is unknown */
async function outcomeOfUpdate({ client, options, made }: Failed): Promise<string> {
  const { name, pollInterval, progress } = options;
  const task = `waiting for the update of endpoint ${name}, which cannot be stopped`;
  try {
    const now = await waitForEndpoint(client, name, { task, timeout, pollInterval, progress });
    if (now === undefined) return "as before";
    if (now.EndpointStatus !== "InService") return `it is ${now.EndpointStatus}`;
    return now.EndpointConfigName === made.config ? "updated" : "as before";
  } catch (error) {
    return messageOf(error);
  }
}

const listed = (removals: readonly Removal[]) => removals.map(({ what }) => what).join(", ");

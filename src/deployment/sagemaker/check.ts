/** Checks a live SageMaker endpoint against its bundle, and deletes it afterwards. */
import { InvokeEndpointCommand, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { awsFailure } from "../../storage/aws-error.js";
import {
  aFunction,
  aPath,
  besideWork,
  listOf,
  messageOf,
  misuse,
  numberWithin,
  type Progress,
  requireOptions,
  SegueError,
  someText,
  trueOrFalse,
  type ValueRange,
  wholeNumber,
} from "../../system/index.js";
import { savedModelAnswers, withBundleAnswers } from "../bundle-answers.js";
import {
  type CheckOptions,
  type CheckResult,
  checkAnswers,
  type Prediction,
  predictionsOf,
} from "../check.js";
import { reaching } from "./aws/endpoint.js";
import type { SageMakerDeployment } from "./deploying/deploy.js";
import type { AwsConnection } from "./options/options.js";
import { removeSageMaker, requireDeployment, waitingRanges } from "./remove.js";

/** `Partial`, by which `exactOptionalPropertyTypes` would refuse undefined. */
type Given = {
  readonly [Name in Exclude<keyof CheckOptions, "endpoint" | "invoke">]?: CheckOptions[Name] | undefined;
};

export interface SageMakerCheckOptions extends Given {
  /** The bundle that the endpoint should be answering from; not needed if `expected` and `tracks` are given. */
  readonly bundle?: string;
  /** The recommender that should be answering, unless it is a SavedModel; default: the bundle's own choice. */
  readonly recommender?: string;
  /** Leave the endpoint running; default false: it is deleted, whether the check passes or not. */
  readonly keep?: boolean;
  /** Default: the SDK's default region and credentials. */
  readonly connection?: AwsConnection;
  /** Seconds to wait until the endpoint is deleted. Default 1,800. */
  readonly timeout?: number;
  /** The longest interval between polls, in seconds. Default 10. */
  readonly pollInterval?: number;
  /** Called while the endpoint is being deleted. */
  readonly progress?: Progress;
  /** Ends the check like a failure: the endpoint is deleted unless `keep`. */
  readonly signal?: AbortSignal;
}

const ranges: Readonly<Record<keyof SageMakerCheckOptions, ValueRange>> = {
  ...{ ...waitingRanges, ...besideWork },
  bundle: aPath,
  recommender: someText,
  keep: trueOrFalse,
  expected: aFunction,
  tracks: listOf("track ids"),
  unknownTrack: someText,
  calls: wholeNumber(1),
  tolerance: numberWithin({ least: 0 }),
};

/** See `checkSageMaker` in index.ts. */
export async function checkSageMaker(
  deployment: SageMakerDeployment,
  options: SageMakerCheckOptions,
): Promise<CheckResult> {
  requireDeployment(deployment);
  requireOptions(options, ranges, "checkSageMaker");
  const {
    bundle,
    recommender,
    keep = false,
    connection,
    timeout,
    pollInterval,
    progress,
    signal,
    ...check
  } = options;
  const remove = () => removeSageMaker(deployment, { connection, timeout, pollInterval, progress });
  let result: CheckResult;
  try {
    const invoke = invoker(deployment.endpoint, connection, signal);
    const { endpoint } = deployment;
    const { expected, tracks } = check;
    if (expected !== undefined && tracks !== undefined) {
      result = await checkAnswers({ ...check, expected, tracks, endpoint, invoke });
    } else if (bundle !== undefined && deployment.serves === "saved-model") {
      result = await checkAnswers({ ...(await savedModelAnswers(bundle)), ...check, endpoint, invoke });
    } else if (bundle !== undefined) {
      result = await withBundleAnswers(bundle, recommender, (answers) =>
        checkAnswers({ ...answers, ...check, endpoint, invoke }),
      );
    } else throw misuse("the check needs `bundle`, or `expected` and `tracks`");
  } catch (error) {
    if (keep) throw error;
    const remains = await remove().then(
      () => "",
      (failure: unknown) => `; ${messageOf(failure)}`,
    );
    if (remains === "") throw error;
    throw new SegueError(`${messageOf(error)}${remains}`, { code: "remains", cause: error });
  }
  if (!keep) await remove();
  return result;
}

/** Sends `{"instances": […]}` to the endpoint. SageMaker's TensorFlow image accepts exactly this content type. */
function invoker(endpoint: string, connection: AwsConnection | undefined, signal: AbortSignal | undefined) {
  const client = new SageMakerRuntimeClient(reaching(connection));
  return async (instances: readonly string[]): Promise<Prediction[]> => {
    const command = new InvokeEndpointCommand({
      EndpointName: endpoint,
      ContentType: "application/json",
      Accept: "application/json",
      Body: JSON.stringify({ instances }),
    });
    const { Body } = await client.send(command, { abortSignal: signal }).catch((error: unknown) => {
      const { name, OriginalMessage, OriginalStatusCode } = error as {
        name?: string;
        OriginalMessage?: string;
        OriginalStatusCode?: number;
      };
      if (name !== "ModelError") throw awsFailure(`invoke the endpoint ${endpoint}`, error);
      throw new SegueError(`the model in ${endpoint} answered ${OriginalStatusCode}: ${OriginalMessage}`, {
        hint: `its log is in CloudWatch: /aws/sagemaker/Endpoints/${endpoint}`,
        code: "model-error",
        cause: error,
      });
    });
    return predictionsOf(new TextDecoder().decode(Body));
  };
}

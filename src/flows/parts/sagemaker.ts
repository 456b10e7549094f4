/** The deployment flow's way to SageMaker: parameters of the flow to options of the deployment, and the check of it. */
import type { z } from "zod";
import {
  type CheckResult,
  checkSageMaker,
  deploySageMaker,
  planSageMaker,
  type SageMakerDeployment,
  type SageMakerOptions,
} from "../../deployment/index.js";
import type { Progress } from "../../system/index.js";
import type { deploymentParameters } from "./parameters.js";

type Parameters = Readonly<z.output<typeof deploymentParameters>>;

export type SageMakerEndpoint =
  | ({ readonly target: "sagemaker" } & SageMakerDeployment)
  | { readonly target: "planned" };

interface DeployTask {
  readonly parameters: Parameters;
  /** The bundle's folder. */
  readonly bundle: string;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** Deploys the bundle, or prints what would be asked of AWS. */
export async function deployToSageMaker({
  parameters,
  bundle,
  progress,
  signal,
}: DeployTask): Promise<SageMakerEndpoint> {
  const options: SageMakerOptions = {
    name: parameters.sagemakerEndpoint,
    model: bundle,
    bucket: parameters.bucket,
    image: parameters.sagemakerImage,
    role: parameters.sagemakerRole,
    instanceType: parameters.sagemakerInstance,
    instanceCount: parameters.sagemakerCount,
    ...scalingOf(parameters),
    ...connectionOf(),
    progress,
    signal,
  };
  if (parameters.dryRun) {
    for (const request of await planSageMaker(options)) console.log(JSON.stringify(request, undefined, 2));
    return { target: "planned" };
  }
  return { target: "sagemaker", ...(await deploySageMaker(options)) };
}

/** Asks the living endpoint and compares; deletes it unless it should be kept. */
export function checkOnSageMaker({
  parameters,
  endpoint,
  bundle,
  progress,
  signal,
}: DeployTask & { readonly endpoint: SageMakerDeployment }): Promise<CheckResult> {
  return checkSageMaker(endpoint, { bundle, keep: parameters.keep, ...connectionOf(), progress, signal });
}

function scalingOf({
  sagemakerCount,
  sagemakerMaxCount,
  sagemakerTargetInvocations,
}: Parameters): Pick<SageMakerOptions, "autoScaling"> {
  if (sagemakerMaxCount === 0) return {};
  return {
    autoScaling: {
      minCapacity: sagemakerCount,
      maxCapacity: sagemakerMaxCount,
      targetInvocations: sagemakerTargetInvocations,
    },
  };
}

/** Another server than AWS, for tests and for S3-compatible clouds: the variable that AWS's own tools read. */
function connectionOf(): { connection?: SageMakerOptions["connection"] } {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  return endpoint === undefined ? {} : { connection: { endpoint } };
}

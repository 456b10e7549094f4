/** The deployment flow's way to SageMaker: parameters of the flow to options of the deployment, and the check of it. */
import {
  type CheckResult,
  checkSageMaker,
  checkSageMakerOptions,
  deploySageMaker,
  planSageMaker,
  type SageMakerDeployment,
  type SageMakerOptions,
  sageMakerStanding,
} from "../../deployment/index.js";
import { misuse, type Progress, SegueError } from "../../system/index.js";
import type { DeploymentParameters } from "./parameters.js";

type DeployedEndpoint = { readonly target: "sagemaker" } & SageMakerDeployment;

export type SageMakerEndpoint =
  | DeployedEndpoint
  /** What would be asked of AWS, in this order. */
  | { readonly target: "planned"; readonly requests: readonly object[] };

interface DeployTask {
  readonly parameters: DeploymentParameters;
  /** The bundle's folder. */
  readonly bundle: string;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** Options of the deployment by the parameters that say them. */
const parameterOf = {
  name: "sagemaker_endpoint",
  image: "sagemaker_image",
  role: "sagemaker_role",
  instanceType: "sagemaker_instance",
  instanceCount: "sagemaker_count",
  "serverless.memoryMb": "sagemaker_serverless_memory",
  "serverless.maxConcurrency": "sagemaker_serverless_concurrency",
  dataCapture: "sagemaker_capture",
  "dataCapture.url": "sagemaker_capture",
  autoScaling: "sagemaker_max_count",
  "autoScaling.minCapacity": "sagemaker_count",
  "autoScaling.maxCapacity": "sagemaker_max_count",
  tags: "sagemaker_tags",
  environment: "sagemaker_environment",
};

/** @throws SegueError (misuse) that lists every parameter that SageMaker would not take */
export async function checkForSageMaker(parameters: DeploymentParameters): Promise<void> {
  await checkSageMakerOptions(sageMakerOptionsOf(parameters), {
    names: parameterOf,
    hint: "set them in conf/local/params.yml under deployment, or as flags (--sagemaker-role …); nothing was asked of AWS yet",
  });
}

/** Deploys the bundle, or prints what would be asked of AWS. */
export async function deployToSageMaker(task: DeployTask): Promise<SageMakerEndpoint> {
  if (!task.parameters.dryRun) return deploy(task);
  const requests = await planSageMaker(optionsOf(task));
  for (const request of requests) console.log(JSON.stringify(request, undefined, 2));
  return { target: "planned", requests };
}

async function deploy(task: DeployTask): Promise<DeployedEndpoint> {
  return { target: "sagemaker", ...(await sayingWhatRemains(deploySageMaker(optionsOf(task)))) };
}

function optionsOf({ parameters, bundle, progress, signal }: DeployTask): SageMakerOptions {
  return { ...sageMakerOptionsOf(parameters), model: bundle, ...connectionOf(), progress, signal };
}

/**
 * Asks the living endpoint and compares; deletes it unless it should be kept. One that is gone is deployed again first.
 *
 * @throws SegueError too where another run has deployed to the endpoint since, which is then left alone
 */
export async function checkOnSageMaker({
  endpoint: deployed,
  ...task
}: DeployTask & { readonly endpoint: DeployedEndpoint }): Promise<{
  check: CheckResult;
  endpoint: DeployedEndpoint;
}> {
  const { bundle, progress, signal } = task;
  const endpoint = await standingEndpoint(deployed, task);
  const { keep, sagemakerTimeout: timeout } = task.parameters;
  const checking = checkSageMaker(endpoint, { bundle, keep, timeout, ...connectionOf(), progress, signal });
  return { check: await sayingWhatRemains(checking), endpoint };
}

/** A resumed run takes over the deploy step of a run whose check failed, and with that deleted the endpoint. */
async function standingEndpoint(deployed: DeployedEndpoint, task: DeployTask): Promise<DeployedEndpoint> {
  const { endpoint: name } = deployed;
  // Where AWS does not say, the check goes on, for it deletes the endpoint where it fails.
  const standing = await sageMakerStanding(deployed, connectionOf().connection).catch(() => "there");
  if (standing === "replaced")
    throw new SegueError(`the endpoint ${name} was given another model since this run deployed to it`, {
      hint: "it was left as it is; to deploy this run's model again, resume with --step deploy",
      code: "endpoint-replaced",
    });
  if (standing === "there") return deployed;
  console.log(`the endpoint ${name} is gone: it is deployed again`);
  return deploy(task);
}

/** Where a task is stopped, its failure says no more than that; what it left in the account must be read all the same. */
async function sayingWhatRemains<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof SegueError && error.code === "remains") console.error(error.message);
    throw error;
  }
}

/**
 * What the flow's parameters say of a deployment.
 *
 * @throws SegueError (misuse) for a tag or a variable that is no "name=value"
 */
function sageMakerOptionsOf(parameters: DeploymentParameters): Omit<SageMakerOptions, "model"> {
  const serverless = parameters.sagemakerServerlessMemory > 0;
  const { bucketEncryption: encryption, bucketKmsKey: kmsKeyId } = parameters;
  return {
    name: parameters.sagemakerEndpoint,
    bucket: parameters.bucket,
    image: parameters.sagemakerImage,
    role: parameters.sagemakerRole,
    timeout: parameters.sagemakerTimeout,
    ...(serverless
      ? {
          serverless: {
            memoryMb: parameters.sagemakerServerlessMemory,
            maxConcurrency: parameters.sagemakerServerlessConcurrency,
          },
        }
      : {
          instanceType: parameters.sagemakerInstance,
          instanceCount: parameters.sagemakerCount,
          blueGreen: {
            routing: parameters.sagemakerRouting,
            percent: parameters.sagemakerRoutingPercent,
            interval: parameters.sagemakerRoutingInterval,
            alarms: parameters.sagemakerAlarms,
          },
        }),
    ...scalingOf(parameters),
    ...(parameters.sagemakerCapture === ""
      ? {}
      : { dataCapture: { url: parameters.sagemakerCapture, percent: parameters.sagemakerCapturePercent } }),
    tags: pairsOf("sagemaker_tags", parameters.sagemakerTags),
    environment: pairsOf("sagemaker_environment", parameters.sagemakerEnvironment),
    ...(encryption === "" ? {} : { encryption }),
    ...(kmsKeyId === "" ? {} : { kmsKeyId }),
  };
}

/** "name=value" of a list; a value may hold "=" itself. */
function pairsOf(parameter: string, list: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    list.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw misuse(`${parameter}: "${pair}" is no name=value`, "write it as team=radio");
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

function scalingOf({
  sagemakerCount,
  sagemakerMaxCount,
  sagemakerTargetInvocations,
}: DeploymentParameters): Pick<SageMakerOptions, "autoScaling"> {
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

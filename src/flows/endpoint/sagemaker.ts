/** The deployment flow on SageMaker: converts the flow's parameters to deployment options, deploys and checks. */
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
import {
  errorData,
  errorFrom,
  isSegueError,
  misuse,
  type Progress,
  SegueError,
  silent,
} from "../../system/index.js";
import { type DeploymentParameters, deploymentParameters } from "../parameters/parameters.js";
import { keptEndpoint } from "./kept-endpoint.js";

type DeployedEndpoint = { readonly target: "sagemaker" } & SageMakerDeployment;

export type SageMakerEndpoint =
  | DeployedEndpoint
  /** A dry run: the requests that would be sent to AWS, in this order. */
  | { readonly target: "planned"; readonly requests: readonly object[] };

interface DeployTask {
  readonly parameters: DeploymentParameters;
  /** The bundle's folder. */
  readonly bundle: string;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** The parameter behind each deployment option, for messages. */
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
  blueGreen: "sagemaker_routing or sagemaker_alarms",
  autoScaling: "sagemaker_max_count",
  "autoScaling.minCapacity": "sagemaker_count",
  "autoScaling.maxCapacity": "sagemaker_max_count",
  tags: "sagemaker_tags",
  environment: "sagemaker_environment",
};

/** @throws SegueError (misuse) that lists every parameter that SageMaker would refuse */
export async function checkForSageMaker(parameters: DeploymentParameters): Promise<void> {
  await checkSageMakerOptions(sageMakerOptionsOf(parameters), {
    names: parameterOf,
    hint: "set them in conf/local/params.yml under deployment, or as flags (--sagemaker-role …); nothing was sent to AWS",
  });
}

/** Deploys the bundle; for a dry run, prints the requests to AWS instead. */
export async function deployToSageMaker(task: DeployTask): Promise<SageMakerEndpoint> {
  if (!task.parameters.dryRun) return deploy(task);
  const requests = await planSageMaker(optionsOf(task));
  for (const request of requests) console.log(JSON.stringify(request, undefined, 2));
  return { target: "planned", requests };
}

async function deploy(task: DeployTask): Promise<DeployedEndpoint> {
  const deployed = await sayingWhatRemains(deploySageMaker(optionsOf(task)));
  const { endpoint, updated, archive, seconds } = deployed;
  console.log(
    `endpoint ${endpoint} ${updated ? "updated" : "created"} in ${seconds.toFixed(0)} s, model ${archive}`,
  );
  return { target: "sagemaker", ...deployed };
}

function optionsOf(task: DeployTask): SageMakerOptions {
  const { parameters, bundle, signal } = task;
  return {
    ...sageMakerOptionsOf(parameters),
    model: bundle,
    ...connectionOf(),
    progress: printed(task),
    signal,
  };
}

/**
 * Prints what SageMaker is waited for, when that changes and once a minute: logs show no progress, and it is all that a killed run
 * leaves. When the run is being stopped, says what a second Ctrl-C would leave.
 */
function printed({ parameters, progress = silent, signal }: DeployTask): Progress {
  const { sagemakerEndpoint: endpoint } = parameters;
  let said = "";
  let next = 0;
  return (report) => {
    progress(report);
    const { task, done, unit, note } = report;
    if (unit !== "s" || !/ing$/.test(note ?? "")) return;
    const line = `${task}: ${note}`;
    if (line === said && done < next) return;
    console.log(done < 1 ? line : `${line} after ${done} s`);
    if (signal?.aborted && task.startsWith("removing") && line !== said)
      console.log(
        `if a second Ctrl-C comes first, it stays: ${keptEndpoint({ target: "sagemaker", endpoint })}`,
      );
    said = line;
    next = done + 60;
  };
}

/**
 * Compares the live endpoint's answers with the bundle's, and deletes it unless `keep` is set. If it is gone, deploys it again first.
 *
 * @throws SegueError if the check fails, or another run has deployed to the endpoint since; it is then left alone
 */
export async function checkOnSageMaker({
  endpoint: deployed,
  ...task
}: DeployTask & { readonly endpoint: DeployedEndpoint }): Promise<{
  check: CheckResult;
  endpoint: DeployedEndpoint;
}> {
  const { bundle, signal } = task;
  const endpoint = await standingEndpoint(deployed, task);
  const { keep, sagemakerTimeout: timeout } = task.parameters;
  const progress = printed(task);
  const checking = checkSageMaker(endpoint, { bundle, keep, timeout, ...connectionOf(), progress, signal });
  const check = await sayingWhatRemains(checking).catch((error: unknown) => {
    throw keep ? withKept(error, endpoint) : error;
  });
  return { check, endpoint };
}

/** Adds to the failure of a check that its endpoint was left running. */
function withKept(error: unknown, endpoint: DeployedEndpoint): unknown {
  const kept = `the endpoint keeps running: ${keptEndpoint(endpoint)}`;
  if (isSegueError(error)) {
    const { hint, ...rest } = errorData(error);
    return errorFrom({ ...rest, hint: hint === undefined ? kept : `${hint}\n${kept}` });
  }
  // A stopped task's failure only says that it was stopped.
  console.error(kept);
  return error;
}

/** A resumed run may reuse the deploy step of a run whose check failed, which deleted the endpoint. */
async function standingEndpoint(deployed: DeployedEndpoint, task: DeployTask): Promise<DeployedEndpoint> {
  const { endpoint: name } = deployed;
  // If AWS does not answer, the check still runs, because it deletes the endpoint if it fails.
  const standing = await sageMakerStanding(deployed, connectionOf().connection).catch(() => "there");
  if (standing === "replaced")
    throw new SegueError(`the endpoint ${name} got another model after this run deployed to it`, {
      hint: "it was left as it is; to deploy this run's model again, resume with --step deploy",
      code: "endpoint-replaced",
    });
  if (standing === "there") return deployed;
  console.log(`the endpoint ${name} is gone: deploying it again`);
  return deploy(task);
}

/** Prints what a stopped task left in the account: its failure only says that it was stopped. */
async function sayingWhatRemains<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof SegueError && error.code === "remains") console.error(error.message);
    throw error;
  }
}

/**
 * Converts the flow's parameters to deployment options.
 *
 * @throws SegueError (misuse) for a tag or a variable that is not "name=value"
 */
function sageMakerOptionsOf(parameters: DeploymentParameters): Omit<SageMakerOptions, "model"> {
  const usual = deploymentParameters.parse({});
  const serverless = parameters.sagemakerServerlessMemory > 0;
  const { sagemakerInstance: instanceType, sagemakerCount: instanceCount } = parameters;
  const { bucketEncryption: encryption, bucketKmsKey: kmsKeyId } = parameters;
  const { sagemakerRouting: routing, sagemakerAlarms: alarms } = parameters;
  const { sagemakerRoutingPercent: percent, sagemakerRoutingInterval: interval } = parameters;
  return {
    name: parameters.sagemakerEndpoint,
    bucket: parameters.bucket,
    image: parameters.sagemakerImage,
    role: parameters.sagemakerRole,
    timeout: parameters.sagemakerTimeout,
    ...(serverless && {
      serverless: {
        memoryMb: parameters.sagemakerServerlessMemory,
        maxConcurrency: parameters.sagemakerServerlessConcurrency,
      },
    }),
    // What nobody asked for is left out of a serverless endpoint, which has none of it.
    ...(serverless && instanceType === usual.sagemakerInstance ? {} : { instanceType }),
    ...(serverless && instanceCount === usual.sagemakerCount ? {} : { instanceCount }),
    ...(serverless && routing === "all-at-once" && alarms.length === 0
      ? {}
      : { blueGreen: { routing, percent, interval, alarms } }),
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

/** Parses a list of "name=value"; a value may contain "=". */
function pairsOf(parameter: string, list: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    list.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw misuse(`${parameter}: "${pair}" is not name=value`, "write it as team=radio");
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

/** Another server than AWS, for tests and for S3-compatible clouds, from the variable that AWS's own tools read. */
function connectionOf(): { connection?: SageMakerOptions["connection"] } {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  return endpoint === undefined ? {} : { connection: { endpoint } };
}

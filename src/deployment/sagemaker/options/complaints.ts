/** Finds options that AWS would refuse and combinations that SageMaker does not support: one line each, so that all can be listed. */
import { parseS3Url } from "../../../storage/s3-url.js";
import { defaultInstanceType, type SageMakerOptions } from "./options.js";

/** The options without the model, which need not exist yet. */
export type Described = Omit<SageMakerOptions, "model">;

/** Returns the caller's name of an option ("bucket", "serverless.memoryMb"). */
type Called = (option: string) => string;

type Complaints = Iterable<string>;

export function* complaintsAbout(options: Described, called: Called): Complaints {
  yield* aboutIdentity(options, called);
  yield* aboutInstances(options, called);
  yield* aboutServerless(options, called);
  yield* aboutAutoScaling(options, called);
  yield* aboutCaptureAndUpdate(options, called);
  yield* aboutTags(options, called);
  yield* aboutContainer(options, called);
}

/** The endpoint's name, and the AWS resources that it uses. */
function* aboutIdentity({ name, bucket, dataCapture, image, role }: Described, called: Called): Complaints {
  if (!/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/.test(name))
    yield `${called("name")} "${name}": 1 to 63 letters, digits and inner dashes`;
  yield* aboutUrl(called("bucket"), bucket);
  if (dataCapture) yield* aboutUrl(called("dataCapture.url"), dataCapture.url);
  if (!/^\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/[^\s@:]+([@:]\S+)?$/.test(image))
    yield `${called("image")} "${image}": it should look like 123456789012.dkr.ecr.REGION.amazonaws.com/NAME:TAG`;
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/.test(role))
    yield `${called("role")} "${role}": it should look like arn:aws:iam::123456789012:role/NAME`;
}

function* aboutInstances({ instanceType, instanceCount = 1 }: Described, called: Called): Complaints {
  if (instanceType !== undefined && !/^ml\.[a-z0-9-]+\.[a-z0-9-]+$/.test(instanceType))
    yield `${called("instanceType")} "${instanceType}": it should look like ${defaultInstanceType}`;
  yield* unlessWhole(called("instanceCount"), instanceCount, 1, 1000);
}

function* aboutServerless(options: Described, called: Called): Complaints {
  const { serverless, instanceType, instanceCount, dataCapture, blueGreen } = options;
  if (!serverless) return;
  const { memoryMb, maxConcurrency } = serverless;
  for (const [option, value] of Object.entries({ instanceType, instanceCount }))
    if (value !== undefined)
      yield `${called(option)} ${value}: serverless endpoints have no instances; leave it out`;
  if (!isWhole(memoryMb / 1024, 1, 6))
    yield `${called("serverless.memoryMb")} ${memoryMb}: 1024 to 6144 in steps of 1024`;
  yield* unlessWhole(called("serverless.maxConcurrency"), maxConcurrency, 1, 200);
  if (dataCapture !== undefined) yield `${called("dataCapture")}: serverless endpoints have none`;
  if (blueGreen !== undefined) yield `${called("blueGreen")}: serverless endpoints have none`;
}

function* aboutAutoScaling(options: Described, called: Called): Complaints {
  const { autoScaling, serverless, instanceType = defaultInstanceType, instanceCount = 1 } = options;
  if (!autoScaling) return;
  const { minCapacity = 1, maxCapacity, targetInvocations } = autoScaling;
  const { scaleInCooldown = 300, scaleOutCooldown = 60 } = autoScaling;
  const least = called("autoScaling.minCapacity");
  if (serverless) yield `${called("autoScaling")}: serverless endpoints scale by themselves`;
  else if (/^ml\.t\d/.test(instanceType))
    yield `${called("autoScaling")}: AWS does not scale burstable instances such as ${instanceType}; use ml.c6i.large, for example`;
  yield* unlessWhole(least, minCapacity, 1, 1000);
  if (!isWhole(maxCapacity, minCapacity, 1000))
    yield `${called("autoScaling.maxCapacity")} ${maxCapacity}: ${minCapacity} (${least}) to 1000`;
  else if (!(instanceCount >= minCapacity && instanceCount <= maxCapacity))
    yield `${called("instanceCount")} ${instanceCount}: must be within autoScaling's ${minCapacity} to ${maxCapacity}`;
  if (!(Number.isFinite(targetInvocations) && targetInvocations > 0))
    yield `${called("autoScaling.targetInvocations")} ${targetInvocations}: more than 0, in invocations per instance and minute`;
  yield* unlessWhole(called("autoScaling.scaleInCooldown"), scaleInCooldown, 0, 3600, "seconds");
  yield* unlessWhole(called("autoScaling.scaleOutCooldown"), scaleOutCooldown, 0, 3600, "seconds");
}

function* aboutCaptureAndUpdate({ dataCapture, blueGreen }: Described, called: Called): Complaints {
  yield* unlessWhole(called("dataCapture.percent"), dataCapture?.percent ?? 100, 1, 100);
  const { routing = "all-at-once" } = blueGreen ?? {};
  if (!["all-at-once", "canary", "linear"].includes(routing))
    yield `${called("blueGreen.routing")} "${routing}": all-at-once, canary or linear`;
  yield* unlessWhole(called("blueGreen.percent"), blueGreen?.percent ?? 10, 1, 50);
  yield* unlessWhole(called("blueGreen.interval"), blueGreen?.interval ?? 300, 0, 3600, "seconds");
  yield* unlessWhole(called("blueGreen.termination"), blueGreen?.termination ?? 0, 0, 3600, "seconds");
}

function* aboutTags({ tags = {} }: Described, called: Called): Complaints {
  if (Object.keys(tags).length > 50) yield `${called("tags")}: at most 50`;
  for (const [key, value] of Object.entries(tags)) {
    const fits = key.length >= 1 && key.length <= 128 && value.length <= 256 && !/^aws:/i.test(key);
    if (!fits || !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(key + value))
      yield `tag "${key}=${value}": AWS does not accept it`;
  }
}

/** The container's environment, and the archive's encryption. */
function* aboutContainer({ environment = {}, encryption }: Described, called: Called): Complaints {
  for (const key of Object.keys(environment)) {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(key))
      yield `${called("environment")} "${key}": letters, digits and _`;
  }
  if (encryption !== undefined && !["AES256", "aws:kms"].includes(encryption))
    yield `${called("encryption")} "${encryption}": AES256 or aws:kms`;
}

function* aboutUrl(called: string, url: string): Complaints {
  const bucket = bucketOf(url);
  if (bucket === undefined) yield `${called} "${url}": it should look like s3://bucket/prefix`;
  // Stricter than a datastore's URL, which may name a bucket of before 2018, or of another store than AWS.
  else if (!/^[a-z0-9](\.?[a-z0-9-])*$/.test(bucket) || /-$|^(\d+\.){3}\d+$/.test(bucket))
    yield `${called} "${url}": a bucket's name has lower-case letters, digits, inner dashes and single dots, and is no IP address`;
}

function bucketOf(url: string): string | undefined {
  try {
    return parseS3Url(url).bucket;
  } catch {
    return undefined;
  }
}

function* unlessWhole(called: string, value: number, least: number, most: number, unit?: string): Complaints {
  if (!isWhole(value, least, most))
    yield `${called} ${value}: ${least} to ${most}${unit === undefined ? "" : ` ${unit}`}`;
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** The check of what a deployment to SageMaker is told, before AWS is asked for anything. */
import { parseS3Url } from "../../storage/s3.js";
import {
  aFunction,
  aPath,
  aSignal,
  misuse,
  numberWithin,
  requireKnown,
  requireOptions,
  someText,
  thingWith,
  type ValueRange,
} from "../../system/index.js";
import { defaultInstanceType, type SageMakerOptions } from "./options.js";

/** How a complaint is put to whoever gave the options under other names. */
export interface Wording {
  /** By option ("bucket", "serverless.memoryMb"): the name that it was given under. */
  readonly names: Readonly<Record<string, string>>;
  /** Where to put it right. */
  readonly hint: string;
}

const anObject = thingWith("an object");
const seconds = numberWithin({ above: 0 });

/** What each is, at all; what it may say is looked at below, all at once. */
const ranges: Readonly<Record<keyof SageMakerOptions, ValueRange>> = {
  autoScaling: anObject,
  blueGreen: anObject,
  bucket: someText,
  connection: anObject,
  dataCapture: anObject,
  encryption: someText,
  environment: anObject,
  image: someText,
  instanceCount: numberWithin(),
  instanceType: someText,
  kmsKeyId: someText,
  model: aPath,
  name: someText,
  pollInterval: seconds,
  progress: aFunction,
  role: someText,
  serverless: anObject,
  signal: aSignal,
  tags: anObject,
  timeout: seconds,
};

/** The names within those that have some of their own. */
const within = {
  autoScaling: ["minCapacity", "maxCapacity", "targetInvocations", "scaleInCooldown", "scaleOutCooldown"],
  blueGreen: ["routing", "percent", "interval", "termination", "alarms"],
  connection: ["region", "endpoint", "credentials"],
  dataCapture: ["url", "percent"],
  serverless: ["memoryMb", "maxConcurrency"],
} as const;

const asOptions: Wording = { names: {}, hint: "nothing was asked of AWS yet" };

/**
 * @param options all but the model, which need not be there yet
 * @throws SegueError (misuse) that lists everything that is wrong, so that it can be put right in one go
 */
export function checkOptions(
  options: Omit<SageMakerOptions, "model">,
  { names, hint }: Wording = asOptions,
): void {
  requireOptions<SageMakerOptions>(options as SageMakerOptions, ranges, "a deployment to SageMaker");
  for (const [name, known] of Object.entries(within))
    requireKnown(options[name as keyof typeof within] ?? {}, known, name);
  const called = (option: string) => names[option] ?? option;
  const wrong: string[] = [];
  const check = (holds: boolean, complaint: string) => {
    if (!holds) wrong.push(complaint);
  };
  const whole = (value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most;
  const {
    name,
    bucket,
    image,
    role,
    instanceType,
    instanceCount,
    serverless,
    dataCapture,
    blueGreen,
    autoScaling,
    tags,
  } = options;

  check(
    /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/.test(name),
    `${called("name")} "${name}": 1 to 63 letters, digits and inner dashes`,
  );
  for (const [what, url] of [
    ["bucket", bucket],
    ...(dataCapture ? [["dataCapture.url", dataCapture.url]] : []),
  ]) {
    try {
      parseS3Url(url!);
    } catch {
      wrong.push(`${called(what!)} "${url}": it should look like s3://bucket/prefix`);
    }
  }
  check(
    /^\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/[^\s@:]+([@:]\S+)?$/.test(image),
    `${called("image")} "${image}": it should look like 123456789012.dkr.ecr.REGION.amazonaws.com/NAME:TAG`,
  );
  check(
    /^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/.test(role),
    `${called("role")} "${role}": it should look like arn:aws:iam::123456789012:role/NAME`,
  );
  check(
    instanceType === undefined || /^ml\.[a-z0-9-]+\.[a-z0-9-]+$/.test(instanceType),
    `${called("instanceType")} "${instanceType}": it should look like ${defaultInstanceType}`,
  );
  check(
    instanceCount === undefined || whole(instanceCount, 1, 1000),
    `${called("instanceCount")} ${instanceCount}: 1 to 1000`,
  );
  if (serverless) {
    check(
      instanceType === undefined && instanceCount === undefined,
      `${called("serverless")}: it has no instances, so neither instanceType nor instanceCount`,
    );
    check(
      whole(serverless.memoryMb / 1024, 1, 6),
      `${called("serverless.memoryMb")} ${serverless.memoryMb}: 1024 to 6144 in steps of 1024`,
    );
    check(
      whole(serverless.maxConcurrency, 1, 200),
      `${called("serverless.maxConcurrency")} ${serverless.maxConcurrency}: 1 to 200`,
    );
    check(dataCapture === undefined, `${called("dataCapture")}: serverless endpoints have none`);
    check(blueGreen === undefined, `${called("blueGreen")}: serverless endpoints have none`);
  }
  if (autoScaling) {
    const { minCapacity = 1, maxCapacity, targetInvocations } = autoScaling;
    const { scaleInCooldown = 300, scaleOutCooldown = 60 } = autoScaling;
    check(serverless === undefined, `${called("autoScaling")}: serverless endpoints scale by themselves`);
    check(
      serverless !== undefined || !/^ml\.t\d/.test(instanceType ?? defaultInstanceType),
      `${called("autoScaling")}: AWS does not scale burstable instances such as ${instanceType ?? defaultInstanceType}; take ml.c6i.large or the like`,
    );
    check(whole(minCapacity, 1, 1000), `${called("autoScaling.minCapacity")} ${minCapacity}: 1 to 1000`);
    check(
      whole(maxCapacity, minCapacity, 1000),
      `${called("autoScaling.maxCapacity")} ${maxCapacity}: ${minCapacity} (${called("autoScaling.minCapacity")}) to 1000`,
    );
    check(
      (instanceCount ?? 1) >= minCapacity && (instanceCount ?? 1) <= maxCapacity,
      `${called("instanceCount")} ${instanceCount ?? 1}: it starts between autoScaling's ${minCapacity} and ${maxCapacity}`,
    );
    check(
      Number.isFinite(targetInvocations) && targetInvocations > 0,
      `${called("autoScaling.targetInvocations")} ${targetInvocations}: more than 0, in invocations of one instance a minute`,
    );
    check(
      whole(scaleInCooldown, 0, 3600),
      `${called("autoScaling.scaleInCooldown")} ${scaleInCooldown}: 0 to 3600 seconds`,
    );
    check(
      whole(scaleOutCooldown, 0, 3600),
      `${called("autoScaling.scaleOutCooldown")} ${scaleOutCooldown}: 0 to 3600 seconds`,
    );
  }
  check(
    whole(dataCapture?.percent ?? 1, 1, 100),
    `${called("dataCapture.percent")} ${dataCapture?.percent}: 1 to 100`,
  );
  check(
    whole(blueGreen?.percent ?? 10, 1, 50),
    `${called("blueGreen.percent")} ${blueGreen?.percent}: 1 to 50`,
  );
  check(
    whole(blueGreen?.interval ?? 0, 0, 3600),
    `${called("blueGreen.interval")} ${blueGreen?.interval}: 0 to 3600 seconds`,
  );
  check(
    whole(blueGreen?.termination ?? 0, 0, 3600),
    `${called("blueGreen.termination")} ${blueGreen?.termination}: 0 to 3600 seconds`,
  );
  check(Object.keys(tags ?? {}).length <= 50, `${called("tags")}: at most 50`);
  for (const [key, value] of Object.entries(tags ?? {})) {
    const fits = key.length >= 1 && key.length <= 128 && value.length <= 256 && !/^aws:/i.test(key);
    check(
      fits && /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(key + value),
      `tag "${key}=${value}": AWS does not take it`,
    );
  }
  for (const key of Object.keys(options.environment ?? {})) {
    check(/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(key), `${called("environment")} "${key}": letters, digits and _`);
  }
  check(
    options.encryption === undefined || ["AES256", "aws:kms"].includes(options.encryption),
    `${called("encryption")} "${options.encryption}": AES256 or aws:kms`,
  );
  if (wrong.length > 0) {
    throw misuse(`cannot deploy to SageMaker:\n${wrong.map((line) => `  ${line}`).join("\n")}`, hint);
  }
}

/** What a deployment to SageMaker is told, and the check of it before AWS is asked for anything. */
import { parseS3Url } from "../../storage/s3.js";
import { misuse, type Progress } from "../../system/index.js";

/** Where AWS is; what is not given comes from the SDK's chain (environment, profile, role). */
export interface AwsConnection {
  readonly region?: string;
  /** Another server than AWS, for all services. */
  readonly endpoint?: string;
  readonly credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

/** How traffic moves from the old fleet to the new one when a living endpoint is updated. */
export interface BlueGreen {
  /** Default "all-at-once"; "canary" moves `percent` first, "linear" moves `percent` a step. */
  readonly routing?: "all-at-once" | "canary" | "linear";
  /** Of the traffic, 1 to 50. Default 10. */
  readonly percent?: number;
  /** Seconds between steps, 0 to 3600. Default 300. */
  readonly interval?: number;
  /** Seconds that the old fleet stays after the last step, 0 to 3600. Default 0. */
  readonly termination?: number;
  /** CloudWatch alarms that roll the update back. */
  readonly alarms?: readonly string[];
}

/** How many instances there are, by how often each is invoked. */
export interface AutoScaling {
  /** The fewest instances. Default 1. */
  readonly minCapacity?: number;
  /** The most. */
  readonly maxCapacity: number;
  /** Invocations of one instance a minute, the figure that is held to by adding and taking away instances. */
  readonly targetInvocations: number;
  /** Seconds after instances were taken away before more are. Default 300. */
  readonly scaleInCooldown?: number;
  /** Seconds after instances were added before more are. Default 60. */
  readonly scaleOutCooldown?: number;
}

export interface SageMakerOptions {
  /** The endpoint's name: letters, digits and inner dashes, at most 63. One that lives is updated. */
  readonly name: string;
  /** A folder, packed so that its files lie at /opt/ml/model, or a .tar.gz made so. */
  readonly model: string;
  /** "s3://bucket/prefix", where the archive goes. */
  readonly bucket: string;
  /** The container image in ECR. */
  readonly image: string;
  /** The ARN of the execution role: it must be able to read the bucket and to pull the image. */
  readonly role: string;
  /** Default ml.t2.medium; not with `serverless`. */
  readonly instanceType?: string;
  /** Default 1; not with `serverless`. */
  readonly instanceCount?: number;
  /** memoryMb: 1024 to 6144 in steps of 1024; maxConcurrency: 1 to 200. */
  readonly serverless?: { readonly memoryMb: number; readonly maxConcurrency: number };
  /** Requests and answers are written to `url`; `percent` of them, default 100. */
  readonly dataCapture?: { readonly url: string; readonly percent?: number };
  readonly blueGreen?: BlueGreen;
  /** Not with `serverless`, nor with burstable instances (ml.t2, ml.t3). An update without it leaves a policy as it is. */
  readonly autoScaling?: AutoScaling;
  /** Variables of the container. */
  readonly environment?: Readonly<Record<string, string>>;
  /** On all that is made: at most 50. */
  readonly tags?: Readonly<Record<string, string>>;
  /** How the archive is encrypted in S3; as the bucket's default says where neither is given. */
  readonly encryption?: "AES256" | "aws:kms";
  /** The key for aws:kms, and for the disk of the instances. */
  readonly kmsKeyId?: string;
  /** Seconds to wait for the endpoint. Default 1,800. */
  readonly timeout?: number;
  /** The most seconds between looks at it; the first ones come sooner. Default 10. */
  readonly pollInterval?: number;
  readonly connection?: AwsConnection;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export const defaultInstanceType = "ml.t2.medium";

/** @throws SegueError (misuse) that lists everything that is wrong, so that it can be put right in one go */
export function checkOptions(options: SageMakerOptions): void {
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
    `name "${name}": 1 to 63 letters, digits and inner dashes`,
  );
  for (const [what, url] of [
    ["bucket", bucket],
    ...(dataCapture ? [["dataCapture.url", dataCapture.url]] : []),
  ]) {
    try {
      parseS3Url(url!);
    } catch {
      wrong.push(`${what} "${url}": it should look like s3://bucket/prefix`);
    }
  }
  check(
    /^\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/[^\s@:]+([@:]\S+)?$/.test(image),
    `image "${image}": it should look like 123456789012.dkr.ecr.REGION.amazonaws.com/NAME:TAG`,
  );
  check(
    /^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/.test(role),
    `role "${role}": it should look like arn:aws:iam::123456789012:role/NAME`,
  );
  check(
    instanceType === undefined || /^ml\.[a-z0-9-]+\.[a-z0-9-]+$/.test(instanceType),
    `instanceType "${instanceType}": it should look like ${defaultInstanceType}`,
  );
  check(
    instanceCount === undefined || whole(instanceCount, 1, 1000),
    `instanceCount ${instanceCount}: 1 to 1000`,
  );
  if (serverless) {
    check(
      instanceType === undefined && instanceCount === undefined,
      "serverless: it has no instances, so neither instanceType nor instanceCount",
    );
    check(
      whole(serverless.memoryMb / 1024, 1, 6),
      `serverless.memoryMb ${serverless.memoryMb}: 1024 to 6144 in steps of 1024`,
    );
    check(
      whole(serverless.maxConcurrency, 1, 200),
      `serverless.maxConcurrency ${serverless.maxConcurrency}: 1 to 200`,
    );
    check(dataCapture === undefined, "dataCapture: serverless endpoints have none");
    check(blueGreen === undefined, "blueGreen: serverless endpoints have none");
  }
  if (autoScaling) {
    const { minCapacity = 1, maxCapacity, targetInvocations } = autoScaling;
    const { scaleInCooldown = 300, scaleOutCooldown = 60 } = autoScaling;
    check(serverless === undefined, "autoScaling: serverless endpoints scale by themselves");
    check(
      serverless !== undefined || !/^ml\.t\d/.test(instanceType ?? defaultInstanceType),
      `autoScaling: AWS does not scale burstable instances such as ${instanceType ?? defaultInstanceType}; take ml.c6i.large or the like`,
    );
    check(whole(minCapacity, 1, 1000), `autoScaling.minCapacity ${minCapacity}: 1 to 1000`);
    check(
      whole(maxCapacity, minCapacity, 1000),
      `autoScaling.maxCapacity ${maxCapacity}: ${minCapacity} (minCapacity) to 1000`,
    );
    check(
      (instanceCount ?? 1) >= minCapacity && (instanceCount ?? 1) <= maxCapacity,
      `instanceCount ${instanceCount ?? 1}: it starts between autoScaling's ${minCapacity} and ${maxCapacity}`,
    );
    check(
      Number.isFinite(targetInvocations) && targetInvocations > 0,
      `autoScaling.targetInvocations ${targetInvocations}: more than 0, in invocations of one instance a minute`,
    );
    check(
      whole(scaleInCooldown, 0, 3600),
      `autoScaling.scaleInCooldown ${scaleInCooldown}: 0 to 3600 seconds`,
    );
    check(
      whole(scaleOutCooldown, 0, 3600),
      `autoScaling.scaleOutCooldown ${scaleOutCooldown}: 0 to 3600 seconds`,
    );
  }
  check(whole(dataCapture?.percent ?? 1, 1, 100), `dataCapture.percent ${dataCapture?.percent}: 1 to 100`);
  check(whole(blueGreen?.percent ?? 10, 1, 50), `blueGreen.percent ${blueGreen?.percent}: 1 to 50`);
  check(
    whole(blueGreen?.interval ?? 0, 0, 3600),
    `blueGreen.interval ${blueGreen?.interval}: 0 to 3600 seconds`,
  );
  check(
    whole(blueGreen?.termination ?? 0, 0, 3600),
    `blueGreen.termination ${blueGreen?.termination}: 0 to 3600 seconds`,
  );
  check(Object.keys(tags ?? {}).length <= 50, "tags: at most 50");
  for (const [key, value] of Object.entries(tags ?? {})) {
    const fits = key.length >= 1 && key.length <= 128 && value.length <= 256 && !/^aws:/i.test(key);
    check(
      fits && /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(key + value),
      `tag "${key}=${value}": AWS does not take it`,
    );
  }
  for (const key of Object.keys(options.environment ?? {})) {
    check(/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(key), `environment "${key}": letters, digits and _`);
  }
  check(
    options.encryption === undefined || ["AES256", "aws:kms"].includes(options.encryption),
    `encryption "${options.encryption}": AES256 or aws:kms`,
  );
  if (wrong.length > 0) {
    throw misuse(
      `cannot deploy to SageMaker:\n${wrong.map((line) => `  ${line}`).join("\n")}`,
      "set them in conf/local/params.yml under deployment; nothing was asked of AWS yet",
    );
  }
}

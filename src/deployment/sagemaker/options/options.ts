/** The options of a deployment to SageMaker. */
import type { Progress } from "../../../system/index.js";

/** How to reach AWS; what is missing comes from the SDK's default chain (environment, profile, role). */
export interface AwsConnection {
  readonly region?: string;
  /** The URL of another server to use instead of AWS, for all services. */
  readonly endpoint?: string;
  readonly credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

/** How traffic moves from the old fleet to the new one when an existing endpoint is updated. */
export interface BlueGreen {
  /** Default "all-at-once"; "canary" moves `percent` first, "linear" moves `percent` per step. */
  readonly routing?: "all-at-once" | "canary" | "linear";
  /** Percentage of the traffic, 1 to 50. Default 10. */
  readonly percent?: number;
  /** Seconds between steps, 0 to 3600. Default 300. */
  readonly interval?: number;
  /** Seconds that the old fleet stays after the last step, 0 to 3600. Default 0. */
  readonly termination?: number;
  /** CloudWatch alarms that roll the update back. */
  readonly alarms?: readonly string[];
}

/** Scales the number of instances by their invocations. */
export interface AutoScaling {
  /** The fewest instances, 1 to 1000. Default 1. */
  readonly minCapacity?: number;
  /** The most instances, up to 1000. */
  readonly maxCapacity: number;
  /** Invocations per instance and minute, above 0. Instances are added and removed to hold this figure. */
  readonly targetInvocations: number;
  /** Seconds after removing instances before more are removed, 0 to 3600. Default 300. */
  readonly scaleInCooldown?: number;
  /** Seconds after adding instances before more are added, 0 to 3600. Default 60. */
  readonly scaleOutCooldown?: number;
}

export interface SageMakerOptions {
  /** The endpoint's name: 1 to 63 letters, digits and inner dashes. An existing endpoint is updated. */
  readonly name: string;
  /** A folder, whose files the container finds in /opt/ml/model, or a .tar.gz of these files. */
  readonly model: string;
  /** "s3://bucket/prefix", where the archive is stored. */
  readonly bucket: string;
  /** The container image in ECR. */
  readonly image: string;
  /** The ARN of the execution role: it must be able to read the bucket and to pull the image. */
  readonly role: string;
  /** Default ml.t2.medium; not with `serverless`. */
  readonly instanceType?: string;
  /** 1 to 1000, default 1; not with `serverless`. */
  readonly instanceCount?: number;
  /** memoryMb: 1024 to 6144 in steps of 1024; maxConcurrency: 1 to 200. */
  readonly serverless?: { readonly memoryMb: number; readonly maxConcurrency: number };
  /** Writes requests and answers to the S3 `url`; `percent` of them, 1 to 100, default 100. Not with `serverless`. */
  readonly dataCapture?: { readonly url: string; readonly percent?: number };
  /** How an existing endpoint is updated. Default: all at once. Not with `serverless`. */
  readonly blueGreen?: BlueGreen;
  /** Not with `serverless`, nor with burstable instances (ml.t2, ml.t3). An update without it keeps an existing policy. */
  readonly autoScaling?: AutoScaling;
  /** The container's environment variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Tags for everything that is created, at most 50. */
  readonly tags?: Readonly<Record<string, string>>;
  /** How the archive is encrypted in S3; default: as the bucket is set up. */
  readonly encryption?: "AES256" | "aws:kms";
  /** The KMS key for aws:kms, and for the instances' disks. */
  readonly kmsKeyId?: string;
  /** Seconds to wait for the endpoint. Default 1,800. */
  readonly timeout?: number;
  /** The longest interval between polls, in seconds; the first ones are shorter. Default 10. */
  readonly pollInterval?: number;
  /** Default: the SDK's default region and credentials. */
  readonly connection?: AwsConnection;
  /** Called during the upload and the wait. */
  readonly progress?: Progress;
  /** Cancels the deployment; what was created is removed. */
  readonly signal?: AbortSignal;
}

export const defaultInstanceType = "ml.t2.medium";

/** What a deployment to SageMaker is told. */
import type { Progress } from "../../system/index.js";

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
  /** How a living endpoint is updated. Default: all at once. */
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
  /** Default: the SDK's own chain of region and credentials. */
  readonly connection?: AwsConnection;
  /** Told of the upload and of the wait. */
  readonly progress?: Progress;
  /** Ends the deployment; what was made is removed. */
  readonly signal?: AbortSignal;
}

export const defaultInstanceType = "ml.t2.medium";

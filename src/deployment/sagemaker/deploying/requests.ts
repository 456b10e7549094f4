/** The requests of a deployment as plain data, to be sent or printed by --dry-run. */
import type {
  CreateEndpointCommandInput,
  CreateEndpointConfigCommandInput,
  CreateModelCommandInput,
  UpdateEndpointCommandInput,
} from "@aws-sdk/client-sagemaker";
import type { S3Store } from "../../../storage/s3.js";
import { type BlueGreen, defaultInstanceType, type SageMakerOptions } from "../options/options.js";

/** The names of the parts of one deployment, and the location of its archive. */
export interface Names {
  readonly model: string;
  readonly config: string;
  /** The key below the bucket's prefix. */
  readonly key: string;
  /** The archive's URL. */
  readonly archive: string;
}

/** The only variant of an endpoint. */
export const variant = "AllTraffic";

/** SageMaker's limit on the length of names. */
const longestName = 63;

/**
 * Builds names of the form "<endpoint>-<time>-<first digits of the archive's SHA-256>".
 *
 * @param store for the archive
 */
export function namesFor(
  { name }: SageMakerOptions,
  digest: string,
  now: Date,
  store: Pick<S3Store, "urlOf">,
): Names {
  const moment = now.toISOString().replace(/\D/g, "").slice(0, 14);
  const suffix = `-${moment}-${digest.slice(0, 8)}`;
  const unique = `${name.slice(0, longestName - suffix.length).replace(/-+$/, "")}${suffix}`;
  const key = `${name}/${digest.slice(0, 16)}/model.tar.gz`;
  return { model: unique, config: unique, key, archive: store.urlOf(key) };
}

export function modelRequest(options: SageMakerOptions, names: Names): CreateModelCommandInput {
  return {
    ModelName: names.model,
    ExecutionRoleArn: options.role,
    PrimaryContainer: {
      Image: options.image,
      ModelDataUrl: names.archive,
      Environment: { ...options.environment },
    },
    ...tagsOf(options),
  };
}

export function configRequest(options: SageMakerOptions, names: Names): CreateEndpointConfigCommandInput {
  const { serverless, dataCapture, kmsKeyId } = options;
  return {
    EndpointConfigName: names.config,
    ProductionVariants: [
      {
        VariantName: variant,
        ModelName: names.model,
        InitialVariantWeight: 1,
        ...(serverless
          ? {
              ServerlessConfig: {
                MemorySizeInMB: serverless.memoryMb,
                MaxConcurrency: serverless.maxConcurrency,
              },
            }
          : {
              InstanceType: (options.instanceType ?? defaultInstanceType) as "ml.t2.medium",
              InitialInstanceCount: options.instanceCount ?? 1,
            }),
      },
    ],
    ...(dataCapture
      ? {
          DataCaptureConfig: {
            EnableCapture: true,
            InitialSamplingPercentage: dataCapture.percent ?? 100,
            DestinationS3Uri: dataCapture.url,
            CaptureOptions: [{ CaptureMode: "Input" }, { CaptureMode: "Output" }],
            CaptureContentTypeHeader: { JsonContentTypes: ["application/json"] },
          },
        }
      : {}),
    ...(kmsKeyId && !serverless ? { KmsKeyId: kmsKeyId } : {}),
    ...tagsOf(options),
  };
}

export function createRequest(options: SageMakerOptions, names: Names): CreateEndpointCommandInput {
  return { EndpointName: options.name, EndpointConfigName: names.config, ...tagsOf(options) };
}

export function updateRequest(options: SageMakerOptions, names: Names): UpdateEndpointCommandInput {
  return {
    EndpointName: options.name,
    EndpointConfigName: names.config,
    RetainAllVariantProperties: false,
    ...(options.serverless ? {} : { DeploymentConfig: deploymentConfig(options.blueGreen ?? {}) }),
  };
}

function deploymentConfig({
  routing = "all-at-once",
  percent = 10,
  interval = 300,
  termination,
  alarms,
}: BlueGreen) {
  const step = { Type: "CAPACITY_PERCENT" as const, Value: percent };
  return {
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: {
        Type: routing === "canary" ? "CANARY" : routing === "linear" ? "LINEAR" : "ALL_AT_ONCE",
        WaitIntervalInSeconds: routing === "all-at-once" ? 0 : interval,
        ...(routing === "canary" ? { CanarySize: step } : {}),
        ...(routing === "linear" ? { LinearStepSize: step } : {}),
      } as const,
      TerminationWaitInSeconds: termination ?? 0,
    },
    ...(alarms?.length
      ? { AutoRollbackConfiguration: { Alarms: alarms.map((AlarmName) => ({ AlarmName })) } }
      : {}),
  };
}

function tagsOf({ tags }: SageMakerOptions) {
  const list = Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
  return list.length > 0 ? { Tags: list } : {};
}

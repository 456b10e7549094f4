/** An emulated AWS account, what exists in it, and models to deploy to it. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
} from "@aws-sdk/client-application-auto-scaling";
import { CreateBucketCommand, ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import {
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
} from "@aws-sdk/client-sagemaker";
import { writeBundle } from "../../bundle/index.js";
import { CorpusBuilder } from "../../corpus/index.js";
import { fitRecommender } from "../../recommenders/index.js";
import { openServedModel, startServer } from "../../serving/index.js";
import { S3Store } from "../../storage/s3.js";
import { sageMakerClient } from "./aws/endpoint.js";
import { type Emulator, goodRole, startEmulator } from "./emulator.testkit.js";
import type { SageMakerOptions } from "./index.js";

export interface TestAccount {
  readonly emulator: Emulator;
  /** For models; removed by `close`. */
  readonly folder: string;
  readonly store: S3Store;
  /** The options of a deployment that succeeds. */
  readonly good: SageMakerOptions;
  /** Writes a bundle of this name, and returns its folder. @param first shifts the tracks, so that another number gives another model */
  model(name: string, first?: number): Promise<string>;
  /** Writes a folder that no server starts on. */
  brokenModel(name: string): Promise<string>;
  /** Failed deployments must leave `nothing`. */
  left(): ReturnType<typeof leftIn>;
  /** Lets the emulator answer as usual again. */
  calm(): void;
  close(): Promise<void>;
}

export async function openAccount(): Promise<TestAccount> {
  const folder = await mkdtemp(join(tmpdir(), "segue-deploy-"));
  const emulator = await startEmulator(async (place) =>
    startServer({ model: await openServedModel(place), logLevel: "silent" }),
  );
  const store = new S3Store("s3://models/segue", emulator.connection);
  await store.client.send(new CreateBucketCommand({ Bucket: "models" }));
  const model = async (name: string, first = 0) => {
    const place = join(folder, name);
    const builder = new CorpusBuilder();
    for (let p = 0; p < 40; p++) {
      const tracks = [0, 1, 2, 3].map((i) => `band-${(first + p + i * (1 + first)) % 10}`);
      builder.add({ id: `p${p}`, tracks });
    }
    const catalogue = builder.build();
    const transitions = await fitRecommender("transitions", catalogue);
    await writeBundle(place, { catalogue, recommenders: { transitions: transitions.save() } });
    return place;
  };
  return {
    emulator,
    folder,
    store,
    good: {
      name: "playlists",
      model: await model("small"),
      bucket: "s3://models/segue",
      image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/segue:1",
      role: goodRole,
      pollInterval: 0.02,
      connection: emulator.connection,
    },
    model,
    async brokenModel(name) {
      const place = join(folder, name);
      await mkdir(place);
      await writeFile(join(place, "saved_model.pb"), "not a bundle");
      return place;
    },
    left: () => leftIn(emulator, store),
    calm() {
      emulator.modelError = false;
      emulator.refused = undefined;
      emulator.meanwhile = undefined;
      emulator.looks = 2;
    },
    async close() {
      await emulator.stop();
      await rm(folder, { recursive: true });
    },
  };
}

export const nothing = { keys: [], uploads: [], endpoints: [], configs: [], models: [], scaled: [] };

/** What is left in the account, by name. */
export async function leftIn({ connection }: Emulator, store: S3Store) {
  const client = sageMakerClient(connection);
  const keys: string[] = [];
  for await (const { key } of store.list("")) keys.push(key);
  const uploads = await store.client.send(new ListMultipartUploadsCommand({ Bucket: store.bucket }));
  const { Endpoints = [] } = await client.send(new ListEndpointsCommand({}));
  const { EndpointConfigs = [] } = await client.send(new ListEndpointConfigsCommand({}));
  const { Models = [] } = await client.send(new ListModelsCommand({}));
  return {
    keys,
    uploads: uploads.Uploads ?? [],
    endpoints: Endpoints.map((endpoint) => endpoint.EndpointName),
    configs: EndpointConfigs.map((config) => config.EndpointConfigName),
    models: Models.map((model) => model.ModelName),
    scaled: (await scalingOf({ connection })).targets.map((target) => target.ResourceId),
  };
}

export async function scalingOf({ connection }: Pick<Emulator, "connection">) {
  const client = new ApplicationAutoScalingClient(connection);
  const all = { ServiceNamespace: "sagemaker" } as const;
  const { ScalableTargets = [] } = await client.send(new DescribeScalableTargetsCommand(all));
  const { ScalingPolicies = [] } = await client.send(new DescribeScalingPoliciesCommand(all));
  return { targets: ScalableTargets, policies: ScalingPolicies };
}

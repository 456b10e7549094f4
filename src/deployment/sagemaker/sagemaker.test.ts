import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { DeleteEndpointConfigCommand, DeleteModelCommand } from "@aws-sdk/client-sagemaker";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { writeBundle } from "../../bundle/index.js";
import { CorpusBuilder } from "../../corpus/index.js";
import { fitRecommender } from "../../recommenders/index.js";
import { openServedModel, startServer } from "../../serving/index.js";
import { motoMissing, motoPython } from "../../storage/moto.testkit.js";
import { startProxy } from "../../storage/proxy.testkit.js";
import { S3Store } from "../../storage/s3.js";
import type { ProgressReport, SegueError } from "../../system/index.js";
import { leftIn, nothing, scalingOf } from "./account.testkit.js";
import { sageMakerClient } from "./aws/endpoint.js";
import { type Emulator, goodRole, startEmulator } from "./emulator.testkit.js";
import {
  checkSageMaker,
  deploySageMaker,
  planSageMaker,
  removeSageMaker,
  type SageMakerDeployment,
  type SageMakerOptions,
  sageMakerStanding,
} from "./index.js";

if (motoPython === undefined) console.warn(motoMissing);

describe.skipIf(motoPython === undefined)("deployment to SageMaker", () => {
  let emulator: Emulator;
  let folder: string;
  let store: S3Store;
  let good: SageMakerOptions;

  async function model(name: string, first = 0): Promise<string> {
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
  }

  /** A folder that no server starts on. */
  async function brokenModel(name: string): Promise<string> {
    const place = join(folder, name);
    await mkdir(place);
    await writeFile(join(place, "saved_model.pb"), "not a bundle");
    return place;
  }

  const left = () => leftIn(emulator, store);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "segue-deploy-"));
    emulator = await startEmulator(async (place) =>
      startServer({ model: await openServedModel(place), logLevel: "silent" }),
    );
    store = new S3Store("s3://models/segue", emulator.connection);
    await store.client.send(new CreateBucketCommand({ Bucket: "models" }));
    good = {
      name: "playlists",
      model: await model("small"),
      bucket: "s3://models/segue",
      image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/segue:1",
      role: goodRole,
      pollInterval: 0.02,
      connection: emulator.connection,
    };
  });
  afterEach(() => {
    emulator.modelError = false;
    emulator.refused = undefined;
    emulator.meanwhile = undefined;
    emulator.looks = 2;
  });
  afterAll(async () => {
    await emulator?.stop();
    if (folder) await rm(folder, { recursive: true });
  });

  it("uploads 50 MB in parts, deploys, checks, and leaves nothing", { timeout: 120_000 }, async () => {
    const place = await model("large");
    await writeFile(join(place, "vectors.bin"), randomBytes(50 * 1024 * 1024));
    const planned = (await planSageMaker({ ...good, model: place })).map(({ operation }) => operation);
    expect(planned.filter((operation) => operation === "UploadPart")).toHaveLength(7);
    expect(planned).toContain("CompleteMultipartUpload");
    const seen: ProgressReport[] = [];
    const deployment = await deploySageMaker({
      ...good,
      model: place,
      tags: { team: "radio" },
      dataCapture: { url: "s3://models/captured", percent: 20 },
      environment: { SEGUE_LOG_LEVEL: "warn" },
      progress: (report) => seen.push(report),
    });
    expect(deployment).toMatchObject({ endpoint: "playlists", updated: false });
    expect(deployment.archive).toMatch(/^s3:\/\/models\/segue\/playlists\/[0-9a-f]{16}\/model\.tar\.gz$/);
    const uploads = seen.filter(({ task }) => task.startsWith("uploading"));
    expect(uploads.length).toBeGreaterThan(5);
    expect(uploads.at(-1)!.done).toBe(uploads.at(-1)!.total);
    const states = seen
      .filter(({ task }) => task === "waiting for endpoint playlists")
      .map(({ note }) => note);
    expect(states[0]).toBe("Creating");
    expect(states.at(-1)).toBe("InService");

    const result = await checkSageMaker(deployment, {
      bundle: place,
      tracks: ["band-1", "band-7", "band-3"],
      connection: emulator.connection,
      pollInterval: 0.02,
    });
    expect(result).toMatchObject({ endpoint: "playlists", track: "band-1", compared: 3 });
    expect(result.answer[0]).toMatchObject({ track: "band-2" });
    expect(result.latency).toMatchObject({ calls: 50 });
    expect(result.latency.p99).toBeGreaterThanOrEqual(result.latency.p50);
    expect(await left()).toEqual(nothing);
  });

  it("updates a running endpoint blue/green, and removes the resources of the old one", {
    timeout: 120_000,
  }, async () => {
    const first = await deploySageMaker(good);
    const again = await model("again", 1);
    const blueGreen = {
      routing: "canary",
      percent: 20,
      interval: 60,
      termination: 30,
      alarms: ["errors"],
    } as const;
    const plan = await planSageMaker({ ...good, model: again, blueGreen }, { exists: true });
    const second = await deploySageMaker({ ...good, model: again, blueGreen });
    expect(second).toMatchObject({ updated: true, endpoint: "playlists" });
    expect(second.config).not.toBe(first.config);
    const { operation, input } = plan.at(-1)!;
    expect(input).toMatchObject({
      DeploymentConfig: {
        BlueGreenUpdatePolicy: {
          TrafficRoutingConfiguration: {
            Type: "CANARY",
            WaitIntervalInSeconds: 60,
            CanarySize: { Type: "CAPACITY_PERCENT", Value: 20 },
          },
          TerminationWaitInSeconds: 30,
        },
        AutoRollbackConfiguration: { Alarms: [{ AlarmName: "errors" }] },
      },
    });
    expect({ operation, input: { ...input, EndpointConfigName: second.config } }).toEqual(
      emulator.seen.findLast((seen) => seen.operation === "UpdateEndpoint"),
    );
    const standing = (deployment: typeof first) => sageMakerStanding(deployment, emulator.connection);
    expect([await standing(first), await standing(second)]).toEqual(["replaced", "there"]);
    const { configs, models, keys } = await left();
    expect({ configs, models }).toEqual({ configs: [second.config], models: [second.model] });
    expect(keys).toHaveLength(1);
    const check = { tracks: ["band-4"], connection: emulator.connection, pollInterval: 0.02 };
    await checkSageMaker(second, { ...check, bundle: again, keep: true });
    const wrong = { ...check, bundle: good.model };
    const differs = /answers "band-4" differently from its bundle/;
    await expect(checkSageMaker(second, { ...wrong, keep: true })).rejects.toThrow(differs);
    expect((await left()).endpoints).toEqual(["playlists"]);
    await expect(checkSageMaker(second, wrong)).rejects.toThrow(differs);
    expect(await left()).toEqual(nothing);
    expect(await standing(second)).toBe("gone");
    await expect(checkSageMaker(second, wrong)).rejects.toThrow(/cannot invoke the endpoint playlists/);
  });

  it("keeps the old model if an update fails", async () => {
    const first = await deploySageMaker(good);
    const broken = await brokenModel("broken");
    await expect(deploySageMaker({ ...good, model: broken })).rejects.toThrow(
      /the update of playlists was rolled back to playlists-\d{14}-[0-9a-f]{8}: .*is not a bundle/,
    );
    expect(await left()).toMatchObject({
      configs: [first.config],
      models: [first.model],
      endpoints: ["playlists"],
    });
    const check = { tracks: ["band-4"], connection: emulator.connection, pollInterval: 0.02 };
    await checkSageMaker(first, { ...check, bundle: good.model });
    expect(await left()).toEqual(nothing);
  });

  it("plans exactly the requests that it sends", async () => {
    const options: SageMakerOptions = {
      ...good,
      serverless: { memoryMb: 2048, maxConcurrency: 5 },
      tags: { team: "radio", cost: "42" },
    };
    emulator.seen.length = 0;
    const plan = await planSageMaker(options);
    const dataCapture = { url: "s3://captured" };
    const onInstance = await planSageMaker({ ...good, kmsKeyId: "alias/disks", dataCapture });
    expect(onInstance[4]).toMatchObject({
      operation: "CreateEndpointConfig",
      input: {
        KmsKeyId: "alias/disks",
        ProductionVariants: [{ InstanceType: "ml.t2.medium", InitialInstanceCount: 1 }],
        DataCaptureConfig: {
          EnableCapture: true,
          InitialSamplingPercentage: 100,
          DestinationS3Uri: "s3://captured",
          CaptureOptions: [{ CaptureMode: "Input" }, { CaptureMode: "Output" }],
        },
      },
    });
    expect(emulator.seen).toEqual([]);
    const deployment = await deploySageMaker(options);
    const sent = emulator.seen.filter(({ operation }) => operation.startsWith("Create"));
    const timeless = (value: unknown) => JSON.parse(JSON.stringify(value).replace(/-\d{14}-/g, "-NOW-"));
    const created = plan.filter(({ operation }) => operation.startsWith("Create"));
    expect(timeless(created.map(({ operation, input }) => ({ operation, input })))).toEqual(timeless(sent));
    expect(plan.slice(0, 3)).toMatchObject([
      { service: "sagemaker", operation: "DescribeEndpoint", input: { EndpointName: "playlists" } },
      { service: "s3", operation: "HeadObject", input: { Bucket: "models" } },
      { service: "s3", operation: "PutObject", input: { Bucket: "models" } },
    ]);
    await removeSageMaker(deployment, { connection: emulator.connection, pollInterval: 0.02 });
    expect(await left()).toEqual(nothing);
  });

  describe("with auto-scaling", () => {
    const instances = { instanceType: "ml.c5.large", instanceCount: 2 };
    const autoScaling = { minCapacity: 2, maxCapacity: 6, targetInvocations: 12_000 };
    const waiting = { pollInterval: 0.02 };

    it("plans and sends the policy, keeps it through updates, and removes it with the endpoint", async () => {
      const options = { ...good, ...instances, autoScaling };
      const plan = await planSageMaker(options);
      emulator.seen.length = 0;
      const first = await deploySageMaker(options);
      expect(first).toMatchObject({ scaled: true });
      expect(plan.slice(-2).map(({ operation, input }) => ({ operation, input }))).toEqual(
        emulator.seen.filter(({ operation }) => /^(Register|Put)/.test(operation)),
      );
      expect(await scalingOf(emulator)).toMatchObject({
        targets: [
          {
            ResourceId: "endpoint/playlists/variant/AllTraffic",
            ScalableDimension: "sagemaker:variant:DesiredInstanceCount",
            MinCapacity: 2,
            MaxCapacity: 6,
          },
        ],
        policies: [
          {
            PolicyName: "playlists-invocations",
            PolicyType: "TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration: {
              TargetValue: 12_000,
              PredefinedMetricSpecification: {
                PredefinedMetricType: "SageMakerVariantInvocationsPerInstance",
              },
              ScaleInCooldown: 300,
              ScaleOutCooldown: 60,
            },
          },
        ],
      });
      const second = await deploySageMaker({ ...good, ...instances, model: await model("scaled", 1) });
      expect(second).toMatchObject({ updated: true, scaled: true });
      expect((await scalingOf(emulator)).targets).toHaveLength(1);
      await removeSageMaker(second, { connection: emulator.connection, ...waiting });
      expect(await left()).toEqual(nothing);
    });

    it.each(["RegisterScalableTarget", "PutScalingPolicy"])(
      "cleans up where %s is refused",
      async (refused) => {
        emulator.refused = refused;
        await expect(deploySageMaker({ ...good, ...instances, autoScaling })).rejects.toThrow(
          /cannot set the auto-scaling of playlists/,
        );
        emulator.refused = undefined;
        expect(await left()).toEqual(nothing);
      },
    );

    it("keeps an updated endpoint if its policy is refused, and says so", async () => {
      const first = await deploySageMaker(good);
      emulator.refused = "PutScalingPolicy";
      const update = { ...good, ...instances, autoScaling, model: await model("unscaled", 1) };
      await expect(deploySageMaker(update)).rejects.toMatchObject({
        code: "not-scaled",
        message: expect.stringMatching(/the endpoint playlists was updated and answers, but: cannot set/),
      });
      emulator.refused = undefined;
      const { endpoints, scaled, configs } = await left();
      expect({ endpoints, scaled }).toEqual({ endpoints: ["playlists"], scaled: [] });
      expect(configs).toHaveLength(1);
      expect(configs).not.toEqual([first.config]);
      const now = await deploySageMaker({ ...update, model: good.model });
      expect(now).toMatchObject({ updated: true, scaled: true });
      await removeSageMaker(now, { connection: emulator.connection, ...waiting });
      expect(await left()).toEqual(nothing);
    });
  });

  it.each(["CreateEndpointConfig", "CreateEndpoint"])("cleans up where %s is refused", async (refused) => {
    emulator.refused = refused;
    await expect(deploySageMaker(good)).rejects.toThrow(/cannot create the endpoint/);
    emulator.refused = undefined;
    expect(await left()).toEqual(nothing);
  });

  it("packs the same folder into the same archive", async () => {
    const [a, b] = [await planSageMaker(good), await planSageMaker({ ...good, model: await model("twin") })];
    expect(a[2]).toEqual(b[2]);
  });

  it.each<[string, Partial<SageMakerOptions>, RegExp]>([
    [
      "the bucket is missing",
      { bucket: "s3://not-there/x" },
      /^cannot look up .*not-there.*the bucket does not exist[^;]*$|^cannot upload .*the bucket does not exist[^;]*$/,
    ],
    ["the role is wrong", { role: "arn:aws:iam::123456789012:role/other" }, /SageMaker may not use the role/],
    [
      "nobody answers",
      { connection: { endpoint: "http://127.0.0.1:9", region: "us-east-1" } },
      /no answer|no AWS credentials/,
    ],
  ])("cleans up where %s", async (_, change, message) => {
    await expect(deploySageMaker({ ...good, ...change })).rejects.toThrow(message);
    expect(await left()).toEqual(nothing);
  });

  it("cleans up if the endpoint fails, and reports the reason", async () => {
    const broken = await brokenModel("failing");
    const failure = await deploySageMaker({ ...good, model: broken }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      message: expect.stringMatching(/the endpoint playlists is Failed: .*is not a bundle/),
      hint: expect.stringContaining("CloudWatch"),
      code: "endpoint-failed",
    });
    expect(await left()).toEqual(nothing);
  });

  it("says what remains of a failed deployment, and creates nothing over it", async () => {
    const broken = await brokenModel("remaining");
    emulator.refused = "DeleteEndpoint";
    const failure = await deploySageMaker({ ...good, model: broken }).catch((error: SegueError) => error);
    expect(failure).toMatchObject({
      message: expect.stringMatching(
        /is Failed: .*; what remains: endpoint playlists \(.*not authorized.*\), endpoint configuration .*, model .*, s3:/,
      ),
      hint: expect.stringMatching(/costs money .*aws sagemaker delete-endpoint --endpoint-name playlists$/),
    });
    emulator.refused = undefined;
    await expect(deploySageMaker(good)).rejects.toMatchObject({
      message: "the endpoint playlists exists and is Failed",
      hint: expect.stringContaining("delete it first"),
    });
    // An endpoint needs its parts for as long as it lives.
    const { configs, models, keys } = await left();
    expect([configs, models, keys]).toMatchObject([[expect.any(String)], configs, [expect.any(String)]]);
    const [config, model, archive] = [configs[0]!, models[0]!, `${store.url}/${keys[0]}`];
    await removeSageMaker({ endpoint: "playlists", config, model, archive } as SageMakerDeployment, {
      connection: emulator.connection,
      pollInterval: 0.02,
    });
    expect(await left()).toEqual(nothing);
  });

  it("cleans up if the model does not answer", async () => {
    const deployment = await deploySageMaker(good);
    emulator.modelError = true;
    const options = {
      bundle: good.model,
      tracks: ["band-1"],
      connection: emulator.connection,
    };
    await expect(checkSageMaker(deployment, { ...options, pollInterval: 0.02 })).rejects.toThrow(
      /did not answer for "band-1": the model in playlists answered 500: out of memory/,
    );
    expect(await left()).toEqual(nothing);
  });

  it("cleans up if it is interrupted while waiting", async () => {
    const stop = new AbortController();
    const deployed = deploySageMaker({
      ...good,
      signal: stop.signal,
      progress: ({ note }) => note === "Creating" && stop.abort(),
    });
    await expect(deployed).rejects.toMatchObject({ name: "AbortError" });
    expect(await left()).toEqual(nothing);
  });

  describe("stopped during an update", () => {
    let first: SageMakerDeployment;
    const stopped = (model: string, onUpdating = () => {}) => {
      const stop = new AbortController();
      return deploySageMaker({
        ...good,
        model,
        signal: stop.signal,
        progress: ({ note }) => {
          if (note !== "Updating" || stop.signal.aborted) return;
          onUpdating();
          stop.abort();
        },
      }).catch((error: SegueError) => error);
    };
    beforeEach(async () => {
      first = await deploySageMaker(good);
    });
    afterEach(async () => {
      emulator.refused = undefined;
      await removeSageMaker(first, { connection: emulator.connection, pollInterval: 0.02 });
      const { configs, models, keys } = await left();
      const [config, model, archive] = [configs[0], models[0], `${store.url}/${keys[0]}`];
      if (config !== undefined)
        await removeSageMaker(
          { ...first, config, model: model!, archive },
          { connection: emulator.connection },
        );
      expect(await left()).toEqual(nothing);
    });

    it("keeps what the endpoint then uses, and says so", async () => {
      expect(await stopped(await model("stopped", 1))).toMatchObject({
        message: `interrupted; the update went through all the same: playlists answers from the new model, and of the old one remains the endpoint configuration ${first.config}`,
        hint: `to go back: aws sagemaker update-endpoint --endpoint-name playlists --endpoint-config-name ${first.config}`,
        code: "remains",
      });
      expect((await left()).configs).toHaveLength(2);
      expect(await sageMakerStanding(first, emulator.connection)).toBe("replaced");
    });

    it("removes what was made if the endpoint stays as it was", async () => {
      expect(await stopped(await brokenModel("stopped-broken"))).toMatchObject({ name: "AbortError" });
      expect(await left()).toMatchObject({ configs: [first.config], models: [first.model] });
    });

    it("keeps what was made if nobody knows what the endpoint uses", async () => {
      const unseen = () => {
        emulator.refused = "DescribeEndpoint";
      };
      expect(await stopped(await model("unseen", 1), unseen)).toMatchObject({
        message: expect.stringMatching(
          /^interrupted; the update of playlists may still go through \(.*not authorized.*\), so what it needs remains: endpoint configuration playlists-.*, model playlists-.*, s3:/,
        ),
        hint: expect.stringContaining("describe-endpoint"),
      });
      expect((await left()).configs).toHaveLength(2);
    });
  });

  it("waits for what another deployment does with the endpoint, and updates it then", async () => {
    const seen: (string | undefined)[] = [];
    emulator.looks = 6;
    let isBegun = false;
    const first = deploySageMaker({
      ...good,
      pollInterval: 10,
      progress: ({ note }) => {
        isBegun ||= note === "Creating";
      },
    });
    await expect.poll(() => isBegun, { timeout: 30_000 }).toBe(true);
    const second = await deploySageMaker({
      ...good,
      model: await model("waiting", 1),
      progress: ({ note }) => seen.push(note),
    });
    expect(seen[0]).toBe("Creating");
    expect(second).toMatchObject({ updated: true });
    await first.catch(() => {});
    expect((await left()).configs).toEqual([second.config]);
    await removeSageMaker(second, { connection: emulator.connection, pollInterval: 0.02 });
    expect(await left()).toEqual(nothing);
  });

  it("updates an endpoint whose parts somebody has removed", async () => {
    const first = await deploySageMaker(good);
    const client = sageMakerClient(emulator.connection);
    await client.send(new DeleteEndpointConfigCommand({ EndpointConfigName: first.config }));
    await client.send(new DeleteModelCommand({ ModelName: first.model }));
    await store.delete(first.archive.slice("s3://models/segue/".length));
    const second = await deploySageMaker({ ...good, model: await model("replacing", 1) });
    expect(second).toMatchObject({ updated: true });
    await removeSageMaker(second, { connection: emulator.connection, pollInterval: 0.02 });
    expect(await left()).toEqual(nothing);
  });

  it("goes on if the answers to its requests are lost", async () => {
    const lost = new Set(["CreateModel", "CreateEndpointConfig", "CreateEndpoint", "UpdateEndpoint"]);
    const lossy = await startProxy(emulator.connection.endpoint, ({ headers }) =>
      lost.delete(/\w+$/.exec(String(headers["x-amz-target"]))![0]) ? "lose" : "pass",
    );
    try {
      const through = { ...good, connection: { ...emulator.connection, endpoint: lossy.url } };
      expect(await deploySageMaker(through)).toMatchObject({ updated: false });
      const second = await deploySageMaker({ ...through, model: await model("lost", 1) });
      expect(second).toMatchObject({ updated: true });
      expect([...lost]).toEqual([]);
      await removeSageMaker(second, { connection: emulator.connection, pollInterval: 0.02 });
      expect(await left()).toEqual(nothing);
    } finally {
      await lossy.close();
    }
  });

  it("waits out an outage while it waits for the endpoint", async () => {
    let failures = 0;
    let hasFailed = false;
    const failing = await startProxy(emulator.connection.endpoint, () => (failures-- > 0 ? "reset" : "pass"));
    try {
      const deployment = await deploySageMaker({
        ...good,
        connection: { ...emulator.connection, endpoint: failing.url },
        progress: ({ note }) => {
          if (note !== "Creating" || hasFailed) return;
          hasFailed = true;
          // More often than a first request is tried.
          failures = 6;
        },
      });
      await removeSageMaker(deployment, { connection: emulator.connection, pollInterval: 0.02 });
      expect(await left()).toEqual(nothing);
    } finally {
      await failing.close();
    }
  });

  it("leaves alone an endpoint that somebody else has created meanwhile", async () => {
    let other: SageMakerDeployment | undefined;
    emulator.meanwhile = async (operation) => {
      if (operation !== "CreateEndpoint") return;
      emulator.meanwhile = undefined;
      other = await deploySageMaker({ ...good, model: await model("theirs", 1) });
    };
    await expect(deploySageMaker(good)).rejects.toMatchObject({
      message: "somebody else has just created an endpoint playlists",
      code: "endpoint-taken",
    });
    const { endpoints, configs, models, keys } = await left();
    expect({ endpoints, configs, models }).toEqual({
      endpoints: ["playlists"],
      configs: [other!.config],
      models: [other!.model],
    });
    expect(keys).toHaveLength(1);
    await removeSageMaker(other!, { connection: emulator.connection, pollInterval: 0.02 });
    expect(await left()).toEqual(nothing);
  });

  it("says what remains if it cannot clean up", async () => {
    const deployment = await deploySageMaker(good);
    const wrong = { ...deployment, archive: "s3://gone/a/model.tar.gz" };
    await expect(
      removeSageMaker(wrong, { connection: emulator.connection, pollInterval: 0.02 }),
    ).rejects.toThrow(/could not remove s3:\/\/gone\/a\/model\.tar\.gz \(.*the bucket does not exist/);
    await store.delete(deployment.archive.slice("s3://models/segue/".length));
    expect(await left()).toEqual(nothing);
  });
});

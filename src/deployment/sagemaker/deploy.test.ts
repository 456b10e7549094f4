import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { motoMissing, motoPython } from "../../storage/moto.testkit.js";
import type { ProgressReport } from "../../system/index.js";
import { nothing, openAccount, type TestAccount } from "./account.testkit.js";
import {
  checkSageMaker,
  deploySageMaker,
  planSageMaker,
  removeSageMaker,
  type SageMakerOptions,
} from "./index.js";

if (motoPython === undefined) console.warn(motoMissing);

describe.skipIf(motoPython === undefined)("a deployment to SageMaker", () => {
  let account: TestAccount;
  beforeAll(async () => {
    account = await openAccount();
  });
  afterEach(() => account.calm());
  afterAll(() => account?.close());

  it("uploads 50 MB in parts, deploys, checks, and leaves nothing", { timeout: 120_000 }, async () => {
    const place = await account.model("large");
    await writeFile(join(place, "vectors.bin"), randomBytes(50 * 1024 * 1024));
    const planned = (await planSageMaker({ ...account.good, model: place })).map(
      ({ operation }) => operation,
    );
    expect(planned.filter((operation) => operation === "UploadPart")).toHaveLength(7);
    expect(planned).toContain("CompleteMultipartUpload");
    const seen: ProgressReport[] = [];
    const deployment = await deploySageMaker({
      ...account.good,
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
      connection: account.emulator.connection,
      pollInterval: 0.02,
    });
    expect(result).toMatchObject({ endpoint: "playlists", track: "band-1", compared: 3 });
    expect(result.answer[0]).toMatchObject({ track: "band-2" });
    expect(result.latency).toMatchObject({ calls: 50 });
    expect(result.latency.p99).toBeGreaterThanOrEqual(result.latency.p50);
    expect(await account.left()).toEqual(nothing);
  });

  it("plans exactly the requests that it sends", async () => {
    const options: SageMakerOptions = {
      ...account.good,
      serverless: { memoryMb: 2048, maxConcurrency: 5 },
      tags: { team: "radio", cost: "42" },
    };
    account.emulator.seen.length = 0;
    const plan = await planSageMaker(options);
    const dataCapture = { url: "s3://captured" };
    const onInstance = await planSageMaker({ ...account.good, kmsKeyId: "alias/disks", dataCapture });
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
    expect(account.emulator.seen).toEqual([]);
    const deployment = await deploySageMaker(options);
    const sent = account.emulator.seen.filter(({ operation }) => operation.startsWith("Create"));
    const timeless = (value: unknown) => JSON.parse(JSON.stringify(value).replace(/-\d{14}-/g, "-NOW-"));
    const created = plan.filter(({ operation }) => operation.startsWith("Create"));
    expect(timeless(created.map(({ operation, input }) => ({ operation, input })))).toEqual(timeless(sent));
    expect(plan.slice(0, 3)).toMatchObject([
      { service: "sagemaker", operation: "DescribeEndpoint", input: { EndpointName: "playlists" } },
      { service: "s3", operation: "HeadObject", input: { Bucket: "models" } },
      { service: "s3", operation: "PutObject", input: { Bucket: "models" } },
    ]);
    await removeSageMaker(deployment, { connection: account.emulator.connection, pollInterval: 0.02 });
    expect(await account.left()).toEqual(nothing);
  });

  it("packs the same account.folder into the same archive", async () => {
    const [a, b] = [
      await planSageMaker(account.good),
      await planSageMaker({ ...account.good, model: await account.model("twin") }),
    ];
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
    await expect(deploySageMaker({ ...account.good, ...change })).rejects.toThrow(message);
    expect(await account.left()).toEqual(nothing);
  });
});

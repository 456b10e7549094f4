/**
 * The deployment flow as people call it, against S3 and SageMaker on this machine: it plans, deploys, checks and deletes, and
 * whatever fails or stops it half-way, nothing is left in the account.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openBundle } from "../bundle/index.js";
import { leftIn, nothing } from "../deployment/sagemaker/account.testkit.js";
import { type Emulator, goodRole, startEmulator } from "../deployment/sagemaker/emulator.testkit.js";
import { openServedModel, startServer } from "../serving/index.js";
import { motoMissing, motoPython } from "../storage/moto.testkit.js";
import { S3Store } from "../storage/s3.js";
import { distPath } from "../system/index.js";

if (motoPython === undefined) console.warn(motoMissing);

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe.skipIf(motoPython === undefined)("segue run deployment --target sagemaker", () => {
  let home: string;
  let emulator: Emulator;
  let store: S3Store;
  let starts = true;
  const image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/segue:1";

  function begin(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
    const { endpoint, credentials } = emulator.connection;
    const child = spawn(process.execPath, [distPath("cli/main.js"), ...args], {
      cwd: home,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        NO_COLOR: "1",
        AWS_ENDPOINT_URL: endpoint,
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      },
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data) => {
      stdout += data;
    });
    child.stderr.on("data", (data) => {
      stderr += data;
    });
    return { child, ended: once(child, "close").then(([code]) => ({ code, stdout, stderr })) };
  }
  const segue = (...args: string[]) => begin(...args).ended;
  const target = ["run", "deployment", "--target", "sagemaker", "--sagemaker-image", image] as const;
  const good = [...target, "--bucket", "s3://models/segue", "--sagemaker-role", goodRole] as const;

  const left = () => leftIn(emulator, store);

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "segue-flow-"));
    emulator = await startEmulator(async (place) => {
      if (!starts) throw new Error("out of memory");
      return startServer({ model: await openServedModel(place), logLevel: "silent" });
    });
    store = new S3Store("s3://models/segue", emulator.connection);
    await store.client.send(new CreateBucketCommand({ Bucket: "models" }));
    await segue("sample", "--playlists", "200", "--output", "sample.csv");
    const grid = JSON.stringify([{ recommender: "track2vec", epochs: 3, min_count: 2 }]);
    const flows = ["intermediate", "primary", "modeling"];
    const trained = await segue("run", ...flows, "--input", "sample.csv", "--grid", grid, "--knn-k", "7");
    expect(trained.stderr).toBe("");
  }, 120_000);
  afterEach(() => {
    emulator.modelError = false;
    emulator.looks = 2;
    starts = true;
  });
  afterAll(async () => {
    await emulator?.stop();
    if (home) await rm(home, { recursive: true });
  });

  it("prints every request that would create something in a dry run, and sends none", async () => {
    emulator.seen.length = 0;
    const options = [
      ...["--sagemaker-serverless-memory", "2048", "--sagemaker-serverless-concurrency", "3"],
      ...["--sagemaker-tags", "team=radio,cost=a=b", "--sagemaker-environment", "SEGUE_THREADS=2"],
      ...["--bucket-encryption", "aws:kms", "--bucket-kms-key", "alias/models"],
    ];
    const planned = await segue(...good, "--dry-run", ...options);
    expect(planned.stderr).toBe("");
    expect(emulator.seen).toEqual([]);
    expect(await left()).toEqual(nothing);
    for (const said of [
      "CreateModel",
      "CreateEndpointConfig",
      "CreateEndpoint",
      "MaxConcurrency",
      "alias/models",
    ])
      expect(planned.stdout).toContain(said);
    expect(planned.stdout).toContain('"Value": "a=b"');
    expect(planned.stdout).not.toContain("the endpoint is stopped");
    const forMachines = JSON.parse((await segue(...good, "--dry-run", "--json")).stdout);
    expect(forMachines.requests.map((each: { operation: string }) => each.operation)).toContain(
      "CreateEndpoint",
    );
    const alarmed = ["--sagemaker-serverless-memory", "2048", "--sagemaker-alarms", "errors"];
    expect(await segue(...good, "--dry-run", ...alarmed)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        "sagemaker_routing or sagemaker_alarms: serverless endpoints have none",
      ),
    });
    const captured = await segue(...good, "--dry-run", "--sagemaker-capture", "s3://models/seen");
    expect(captured.stdout).toContain('"DestinationS3Uri": "s3://models/seen"');
  });

  it("deploys, checks and deletes", async () => {
    const done = await segue(...good, "--json");
    expect(done.stderr).toBe("");
    const { check } = JSON.parse(done.stdout);
    expect(check).toMatchObject({
      endpoint: "segue",
      compared: 10,
      k: 7,
      unknown: { answered: 7 },
    });
    expect(await left()).toEqual(nothing);
  });

  it.each<[string, string[], () => void, RegExp]>([
    [
      "the bucket is missing",
      [...target, "--bucket", "s3://none/x", "--sagemaker-role", goodRole],
      () => {},
      /the bucket does not exist/,
    ],
    [
      "the role is wrong",
      [...target, "--bucket", "s3://models/segue", "--sagemaker-role", `${goodRole}2`],
      () => {},
      /SageMaker may not use the role/,
    ],
    [
      "the endpoint fails",
      [...good],
      () => {
        starts = false;
      },
      /the endpoint segue is Failed: .*out of memory/,
    ],
    [
      "the model does not answer",
      [...good],
      () => {
        emulator.modelError = true;
      },
      /the model in segue answered 500/,
    ],
  ])(
    "leaves nothing where %s",
    async (_, args, arrange, message) => {
      arrange();
      const failed = await segue(...args);
      expect(failed.code).toBe(1);
      expect(failed.stderr).toMatch(message);
      expect(failed.stderr).not.toMatch(/\n\s+at /);
      expect(await left()).toEqual(nothing);
    },
    60_000,
  );

  it("is deployed again by a resumed run if the failed check deleted it", async () => {
    emulator.modelError = true;
    const failed = await segue(...good);
    expect(failed.stderr).toMatch(/the model in segue answered 500/);
    expect(await left()).toEqual(nothing);
    emulator.modelError = false;
    const resumed = await segue(
      "resume",
      /when it is fixed: segue resume (\S+)/.exec(failed.stderr)![1]!,
      "--json",
    );
    expect(resumed.stderr).toBe("");
    expect(resumed.code).toBe(0);
    const { run } = JSON.parse(resumed.stdout);
    expect((await segue("logs", `deployment/${run}/check`)).stdout).toContain("deploying it again");
    expect(await left()).toEqual(nothing);
  });

  it("is left alone by a resumed run if another run has deployed to it since", async () => {
    emulator.modelError = true;
    const failed = await segue(...good, "--keep");
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(
      / → the endpoint keeps running: segue on SageMaker, which costs money \(stop it: .*\)\n/,
    );
    emulator.modelError = false;
    const kept = await segue(...good, "--keep");
    expect(kept.stderr).toBe("");
    expect(kept.stdout).toMatch(
      /\| endpoint segue updated in \d+ s, model s3:\/\/models\/segue\/.*\.tar\.gz\n/,
    );
    expect(kept.stdout).toContain("| asked what follows ");
    expect(kept.stdout).toMatch(
      /\nendpoint {5}left running: segue on SageMaker, .*aws sagemaker delete-endpoint --endpoint-name segue\)\n/,
    );
    const before = await left();
    expect(before.endpoints).toEqual(["segue"]);
    const resumed = await segue("resume", /when it is fixed: segue resume (\S+)/.exec(failed.stderr)![1]!);
    expect(resumed.code).toBe(1);
    expect(resumed.stderr).toMatch(/segue got another model after[^→]*→ .*--step deploy/);
    expect(await left()).toEqual(before);
    expect((await segue(...good)).code).toBe(0);
    expect(await left()).toEqual(nothing);
  });

  /** A run that waits for its endpoint, which is being created. */
  const begunWaiting = async () => {
    emulator.seen.length = 0;
    emulator.looks = 4;
    const begun = begin(...good);
    await expect
      .poll(() => emulator.seen.some(({ operation }) => operation === "CreateEndpoint"), { timeout: 30_000 })
      .toBe(true);
    return begun;
  };

  it("deletes the endpoint if it is stopped while waiting for it, and says what a second Ctrl-C would leave", async () => {
    const { child, ended } = await begunWaiting();
    child.kill("SIGINT");
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout).toMatch(
      /\| removing endpoint segue: Creating\n.*\| if a second Ctrl-C comes first, it stays: segue on SageMaker, which costs money \(stop it: aws sagemaker delete-endpoint --endpoint-name segue\)\n/,
    );
    expect(await left()).toEqual(nothing);
  });

  it("is removed by the next run if its own was killed while waiting for it", async () => {
    const { child, ended } = await begunWaiting();
    child.kill("SIGKILL");
    expect((await ended).stdout).not.toContain("removing");
    expect((await left()).endpoints).toEqual(["segue"]);
    const next = await segue(...good);
    expect(next).toMatchObject({ code: 0, stdout: expect.stringContaining("endpoint segue updated") });
    expect(await left()).toEqual(nothing);
  });

  it("makes a bundle that describes itself and has answers for unknown tracks", async () => {
    const done = JSON.parse((await segue("run", "deployment", "--json")).stdout);
    expect(done.check).toMatchObject({ k: 7, unknown: { answered: 7 } });
    const folder = /04_models\/[\w-]+/.exec(
      (await segue("logs", `${done.flows[0].flow}/${done.flows[0].run}/build`)).stdout,
    )![0];
    const { manifest } = await openBundle(join(home, "data", folder));
    expect(manifest).toMatchObject({
      recommenders: ["track2vec", "nearest", "popularity"],
      parameters: { knn_k: 7 },
    });
    expect(manifest.dataFingerprint).toMatch(/^[0-9a-f]{64}$/);
  });
});

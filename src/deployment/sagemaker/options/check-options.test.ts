import { describe, expect, it } from "vitest";
import { goodRole, tensorFlowImage } from "../emulator.testkit.js";
import { deploySageMaker, type SageMakerOptions } from "../index.js";

describe("options for SageMaker", () => {
  const good: SageMakerOptions = {
    name: "playlists",
    model: ".",
    bucket: "s3://models",
    image: tensorFlowImage,
    role: goodRole,
  };
  it.each<[Partial<SageMakerOptions>, RegExp]>([
    [{ name: "-bad-" }, /name "-bad-"/],
    [{ name: "a".repeat(64) }, /name/],
    [{ bucket: "models" }, /bucket "models": it should look like s3:/],
    [{ bucket: "s3://My.Models" }, /bucket "s3:\/\/My\.Models": a bucket's name has lower-case/],
    [{ bucket: "s3://10.0.0.1/x" }, /no IP address/],
    [{ bucket: "s3://a..b" }, /single dots/],
    [{ image: "segue:latest" }, /image "segue:latest": it should look like \d+\.dkr/],
    [{ role: "" }, /role ""/],
    [{ instanceType: "t2.medium" }, /instanceType "t2\.medium"/],
    [{ instanceCount: 0 }, /instanceCount 0/],
    [{ serverless: { memoryMb: 1000, maxConcurrency: 0 } }, /memoryMb 1000[\s\S]*maxConcurrency 0/],
    [{ serverless: { memoryMb: 1024, maxConcurrency: 1 }, instanceCount: 1 }, /no instances/],
    [{ dataCapture: { url: "x", percent: 101 } }, /dataCapture\.url "x"[\s\S]*dataCapture\.percent 101/],
    [
      {
        serverless: { memoryMb: 1024, maxConcurrency: 1 },
        dataCapture: { url: "s3://captured" },
        blueGreen: {},
        autoScaling: { maxCapacity: 1, targetInvocations: 9 },
      },
      /dataCapture: serverless[\s\S]*blueGreen: serverless[\s\S]*autoScaling: serverless/,
    ],
    [
      { blueGreen: { percent: 60, interval: 3601, termination: -1 } },
      /blueGreen\.percent 60[\s\S]*blueGreen\.interval 3601[\s\S]*blueGreen\.termination -1/,
    ],
    [{ autoScaling: { maxCapacity: 3, targetInvocations: 9 } }, /does not scale burstable.*ml\.t2\.medium/],
    [
      {
        instanceType: "ml.c6i.large",
        instanceCount: 5,
        autoScaling: { minCapacity: 2, maxCapacity: 4, targetInvocations: 0, scaleInCooldown: -1 },
      },
      /instanceCount 5[\s\S]*targetInvocations 0[\s\S]*scaleInCooldown -1/,
    ],
    [
      {
        instanceType: "ml.c6i.large",
        instanceCount: 5,
        autoScaling: { minCapacity: 5, maxCapacity: 3, targetInvocations: 9 },
      },
      /^cannot deploy to SageMaker:\n {2}autoScaling\.maxCapacity 3: 5 \(autoScaling\.minCapacity\) to 1000$/,
    ],
    // From JavaScript.
    [
      { blueGreen: { routing: "Canary" as "canary" } },
      /blueGreen\.routing "Canary": all-at-once, canary or linear/,
    ],
    [
      { dataCapture: { url: "s3://captured", share: 5 } as SageMakerOptions["dataCapture"] },
      /no option share/,
    ],
    [{ serverless: { memory: 1024 } as never }, /serverless has no option memory/],
    [{ tags: { "aws:x": "y" } }, /tag "aws:x=y"/],
    [{ environment: { "a-b": "c" } }, /environment "a-b"/],
  ])("are refused before AWS is asked: %j", async (change, message) => {
    const connection = { endpoint: "http://127.0.0.1:9", region: "us-east-1" };
    await expect(deploySageMaker({ ...good, ...change, connection })).rejects.toThrow(message);
    await expect(deploySageMaker({ ...good, ...change, connection })).rejects.toMatchObject({ exitCode: 2 });
  });
});

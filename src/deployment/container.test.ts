/** Segue's own container by SageMaker's contract: its start command on this machine, and the image where it can be built. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { smallInput } from "../bundle/bundle.testkit.js";
import { writeBundle } from "../bundle/index.js";
import { freePort } from "../storage/moto.testkit.js";
import { distPath, packageRoot } from "../system/index.js";
import { buildImage, buildsImage, imageSkipped } from "./image.testkit.js";
import { checkEndpoint } from "./index.js";

let folder: string;
let model: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "segue-container-"));
  await chmod(folder, 0o755);
  model = join(folder, "opt", "ml", "model");
  await mkdir(join(folder, "opt", "ml"), { recursive: true });
  await writeBundle(model, (await smallInput()).input);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Waits for /ping as SageMaker does, calls as SageMaker does, and ends it as SageMaker does. @returns the exit code */
async function callAndEnd(
  container: ChildProcess,
  port: number,
  recommender?: string,
): Promise<number | null> {
  const exited = new Promise<number | null>((resolve) => container.once("exit", (code) => resolve(code)));
  const url = `http://127.0.0.1:${port}`;
  try {
    for (let tries = 0; (await fetch(`${url}/ping`).catch(() => undefined))?.status !== 200; tries++) {
      if (container.exitCode !== null || tries === 300)
        throw new Error(`no /ping (exit code ${container.exitCode})`);
      await sleep(100);
    }
    const result = await checkEndpoint({ url, bundle: model, recommender, calls: 10 });
    expect(result).toMatchObject({ compared: 10, unknown: { sameAsBundle: true } });
    const headers = { "content-type": "application/json" };
    const unclear = await fetch(`${url}/invocations`, { method: "POST", headers, body: '{"instances": 5}' });
    expect(unclear.status).toBe(400);
  } finally {
    process.kill(-container.pid!, "SIGTERM");
  }
  return exited;
}

it("docker/serve serves the model on SageMaker's port, and ends well on SIGTERM", async () => {
  const bin = join(folder, "bin");
  await mkdir(bin);
  await writeFile(
    join(bin, "segue"),
    `#!/bin/sh\nexec "${process.execPath}" "${distPath("cli/main.js")}" "$@"\n`,
  );
  await chmod(join(bin, "segue"), 0o755);
  const port = await freePort();
  const container = spawn(join(packageRoot, "docker/serve"), ["serve"], {
    env: {
      PATH: `${bin}:/usr/bin:/bin`,
      SEGUE_MODEL: model,
      SEGUE_HOST: "127.0.0.1",
      SAGEMAKER_BIND_TO_PORT: String(port),
      SEGUE_LOG_LEVEL: "error",
      SEGUE_RECOMMENDER: "transitions",
    },
    stdio: ["ignore", "ignore", "inherit"],
    detached: true,
  });
  expect(await callAndEnd(container, port, "transitions")).toBe(0);
});

if (!buildsImage) console.warn(imageSkipped);

describe.skipIf(!buildsImage)("docker/Dockerfile", () => {
  it("builds an image that serves the model in /opt/ml/model", { timeout: 900_000 }, async () => {
    const image = await buildImage(join(folder, "image"));
    try {
      const port = await freePort();
      await callAndEnd(image.run(["serve"], { model, port }), port);
    } finally {
      image.remove();
    }
  });
});

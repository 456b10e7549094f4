/** Segue's own container by SageMaker's contract: its start command on this machine, and the image where it can be built. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { smallInput } from "../bundle/bundle.testkit.js";
import { writeBundle } from "../bundle/index.js";
import { createProgram } from "../cli/program.js";
import { freePort } from "../storage/moto.testkit.js";
import { folderOfTests } from "../system/files/temporary-folder.testkit.js";
import { distPath, packageRoot } from "../system/index.js";
import { buildImage, buildsImage, imageSkipped } from "./image.testkit.js";
import { checkEndpoint } from "./index.js";

const folder = folderOfTests("container");
let model: string;

beforeAll(async () => {
  await chmod(folder, 0o755);
  model = join(folder, "opt", "ml", "model");
  await mkdir(join(folder, "opt", "ml"), { recursive: true });
  await writeBundle(model, (await smallInput()).input);
  const command = join(folder, "bin", "segue");
  await mkdir(join(folder, "bin"));
  await writeFile(command, `#!/bin/sh\nexec "${process.execPath}" "${distPath("cli/main.js")}" "$@"\n`);
  await chmod(command, 0o755);
});

/** Waits for /ping as SageMaker does, and ends it as SageMaker does. @returns the exit code */
async function useAndEnd(
  container: ChildProcess,
  port: number,
  use: (url: string) => Promise<void>,
): Promise<number | null> {
  const exited = new Promise<number | null>((resolve) => container.once("exit", (code) => resolve(code)));
  const url = `http://127.0.0.1:${port}`;
  try {
    for (let tries = 0; (await fetch(`${url}/ping`).catch(() => undefined))?.status !== 200; tries++) {
      if (container.exitCode !== null || tries === 300)
        throw new Error(`no /ping (exit code ${container.exitCode})`);
      await sleep(100);
    }
    await use(url);
  } finally {
    process.kill(-container.pid!, "SIGTERM");
  }
  return exited;
}

/** Calls it as SageMaker does. @returns the exit code */
function callAndEnd(container: ChildProcess, port: number, recommender?: string): Promise<number | null> {
  return useAndEnd(container, port, async (url) => {
    const result = await checkEndpoint({ url, bundle: model, recommender, calls: 10 });
    expect(result).toMatchObject({ compared: 10 });
    const headers = { "content-type": "application/json" };
    const unclear = await fetch(`${url}/invocations`, { method: "POST", headers, body: '{"instances": 5}' });
    expect(unclear.status).toBe(400);
  });
}

/** docker/serve as SageMaker starts it, with these variables. It has a process group of its own. */
function startContainer(variables: Readonly<Record<string, string>>) {
  return spawn(join(packageRoot, "docker/serve"), ["serve"], {
    env: {
      PATH: `${join(folder, "bin")}:/usr/bin:/bin`,
      SEGUE_MODEL: model,
      SEGUE_HOST: "127.0.0.1",
      SEGUE_LOG_LEVEL: "error",
      ...variables,
    },
    stdio: ["ignore", "ignore", "inherit"],
    detached: true,
  });
}

it("docker/serve serves the model on SageMaker's port, and stops cleanly on SIGTERM", async () => {
  const port = await freePort();
  const container = startContainer({
    SAGEMAKER_BIND_TO_PORT: String(port),
    SEGUE_RECOMMENDER: "transitions",
  });
  expect(await callAndEnd(container, port, "transitions")).toBe(0);
});

it("docker/serve has a variable for every option of segue serve", async () => {
  const serve = createProgram().commands.find((verb) => verb.name() === "serve")!;
  // The others are for a terminal and for runs, and the bundle is SEGUE_MODEL's.
  const options = serve.options.filter(({ long }) => !["--json", "--datastore", "--bundle"].includes(long!));
  const nameOf = (long: string) => `SEGUE_${long.slice(2).replaceAll("-", "_").toUpperCase()}`;
  // Instead of the command, what prints its arguments, one a line.
  const told = join(folder, "told");
  await mkdir(told);
  await writeFile(join(told, "segue"), '#!/bin/sh\nprintf "%s\\n" "$@"\n');
  await chmod(join(told, "segue"), 0o755);
  const start = (variables: Readonly<Record<string, string>>) =>
    spawnSync(join(packageRoot, "docker/serve"), ["serve"], {
      env: { PATH: `${told}:/usr/bin:/bin`, ...variables },
      encoding: "utf8",
    });
  const flags = options.filter(({ required, optional }) => !required && !optional).map(({ long }) => long!);
  const others = options.map(({ long }) => long!).filter((long) => !flags.includes(long));
  const all = [
    ...flags.map((long) => [nameOf(long), "1"]),
    ...others.map((long) => [nameOf(long), `of${long}`]),
  ];
  const { stdout } = start(Object.fromEntries(all));
  for (const long of flags) expect(stdout).toContain(`\n${long}\n`);
  for (const long of others) expect(stdout).toContain(`\n${long}\nof${long}\n`);
  for (const long of flags)
    expect(start({ [nameOf(long)]: "..." })).toMatchObject({
      status: 2,
      stderr: `error: ${nameOf(long)} must be 1 or 0, got ...\n`,
    });
});

it("docker/serve passes its variables on as options", async () => {
  const port = await freePort();
  const container = startContainer({
    SEGUE_PORT: String(port),
    SEGUE_BODY_LIMIT: "500",
    SEGUE_CORS_ORIGIN: "https://a.example  https://b.example",
    SEGUE_NO_DOCS: "1",
    SEGUE_LOG_TRACKS: "0",
    SEGUE_TRUST_PROXY: "",
  });
  const use = async (url: string) => {
    const headers = { "content-type": "application/json", origin: "https://b.example" };
    const large = await fetch(`${url}/invocations`, { method: "POST", headers, body: "x".repeat(501) });
    expect(large.status).toBe(413);
    expect(large.headers.get("access-control-allow-origin")).toBe("https://b.example");
    expect((await fetch(`${url}/openapi.json`)).status).toBe(404);
  };
  expect(await useAndEnd(container, port, use)).toBe(0);
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

/** `segue serve` for tests. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import { beforeAll } from "vitest";
import { randomVectors, testFolder } from "../../bundle/bundle.testkit.js";
import { writeBundle } from "../../bundle/index.js";
import { nearestOf } from "../../recommenders/index.js";
import { distPath } from "../../system/index.js";

/** A folder of models, made before the tests of a file and removed after them. @returns a function that joins a name to it */
export function servedModels(): (name: string) => string {
  const at = testFolder();
  beforeAll(async () => {
    const vectors = randomVectors(["A-One", "B-Two", "C-Three"], 4);
    const nearest = nearestOf(vectors, vectors).save();
    await writeBundle(at("models/20260101-a"), { catalogue: vectors, recommenders: { nearest }, vectors });
  });
  return at;
}

/** Runs the command where it should fail. */
export async function segue(...args: string[]): Promise<{ code: number; stderr: string }> {
  const { code, stderr } = await promisify(execFile)(process.execPath, [
    distPath("cli/main.js"),
    ...args,
  ]).then(
    () => ({ code: 0, stderr: "" }),
    (error: { code: number; stderr: string }) => error,
  );
  return { code, stderr };
}

/** Runs the endpoint while `use` asks it at `url`; `log` is what it has logged so far. */
export async function serving(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  use: (url: string, log: () => string) => Promise<void>,
): Promise<void> {
  const quiet = ["--port", "0", "--watch", "0", "--log-level", "error"];
  const server = spawn(process.execPath, [distPath("cli/main.js"), "serve", ...quiet, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(server, "exit");
  let log = "";
  server.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  try {
    const [said] = (await once(server.stdout, "data")) as [Buffer];
    await use(String(said).trim(), () => log);
  } finally {
    server.kill("SIGTERM");
    await ended;
  }
}

/** moto's server: a local imitation of S3, SageMaker's control plane and IAM. Needs a Python that has it. */
import { spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const candidates = [process.env.SEGUE_PYTHON, "python3", "/usr/bin/python3"];

/** A Python with moto's server, or undefined. */
export const motoPython = candidates.find(
  (python) => python && spawnSync(python, ["-c", "import moto.server, flask"]).status === 0,
);

export const motoMissing =
  "skipped: no Python with moto's server; pip install 'moto[server,s3,sagemaker]', or name a Python in SEGUE_PYTHON";

/** Credentials for the SDK. */
export const motoCredentials = { accessKeyId: "testing", secretAccessKey: "testing" };

export interface Moto {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** @param env additional variables for the server, such as INITIAL_NO_AUTH_ACTION_COUNT to check credentials */
export async function startMoto(env: Record<string, string> = {}): Promise<Moto> {
  const port = await freePort();
  const server = spawn(motoPython!, ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...env },
  });
  let said = "";
  server.stderr.on("data", (data) => {
    said = (said + data).slice(-2000);
  });
  const exited = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const endpoint = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    if (server.exitCode !== null || tries === 300) throw new Error(`moto did not start: ${said}`);
    try {
      if ((await fetch(`${endpoint}/moto-api/data.json`)).ok) break;
    } catch {
      // Not ready yet.
    }
    await sleep(100);
  }
  return {
    endpoint,
    stop: async () => {
      server.kill();
      await exited;
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

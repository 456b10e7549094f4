/** The local engine: the contract on both datastores, and what only it promises. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FolderStore } from "../../storage/index.js";
import {
  type Moto,
  motoCredentials,
  motoMissing,
  motoPython,
  startMoto,
} from "../../storage/moto.testkit.js";
import { openClient, openStore, resumeRun } from "../index.js";
import { engineContract, isRunning, startCommand } from "./engine.testkit.js";

engineContract({
  name: "engine local, a folder",
  options: () => ({ engine: "local" }),
  store: async (folder) => new FolderStore(join(folder, "store")),
});

if (motoPython === undefined) console.warn(motoMissing);

describe.skipIf(motoPython === undefined)("on S3", () => {
  let moto: Moto;
  let buckets = 0;
  const before = { ...process.env };

  beforeAll(async () => {
    moto = await startMoto();
    process.env.AWS_ENDPOINT_URL_S3 = moto.endpoint;
    process.env.AWS_REGION = "us-east-1";
    process.env.AWS_ACCESS_KEY_ID = motoCredentials.accessKeyId;
    process.env.AWS_SECRET_ACCESS_KEY = motoCredentials.secretAccessKey;
    process.env.SEGUE_CACHE = mkdtempSync(join(tmpdir(), "segue-cache-"));
  });
  afterAll(async () => {
    rmSync(process.env.SEGUE_CACHE!, { recursive: true, force: true });
    process.env = before;
    await moto?.stop();
  });

  engineContract({
    name: "engine local, S3",
    options: () => ({ engine: "local" }),
    store: async () => {
      const bucket = `runs-${buckets++}`;
      const { CreateBucketCommand, S3Client } = await import("@aws-sdk/client-s3");
      const client = new S3Client({ endpoint: moto.endpoint, forcePathStyle: true });
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      client.destroy();
      return openStore(`s3://${bucket}/segue`);
    },
  });
});

describe("a command that is killed", () => {
  it("leaves a run that says who holds it, then one that can be resumed without doing anything twice", async () => {
    const folder = mkdtempSync(join(tmpdir(), "segue-killed-"));
    try {
      const out = join(folder, "out");
      mkdirSync(out);
      const store = new FolderStore(join(folder, "store"));
      const ran = () =>
        existsSync(join(out, "ran.txt")) ? readFileSync(join(out, "ran.txt"), "utf8").trim().split("\n") : [];
      const begun = () => ran().filter((line) => line.startsWith("begun"));
      writeFileSync(join(out, "closed"), "");
      const command = startCommand("gate", { folder: out, count: 3 }, store, { maxWorkers: 2 });
      while (begun().length < 2) await sleep(50);
      await expect(resumeRun("gate", { store })).rejects.toThrow(`is held by process ${command.pid}`);
      expect(await openClient(store).flow("gate").latestRun.status()).toBe("running");
      const pids = begun().map((line) => Number(line.split(" ")[2]));
      command.kill("SIGKILL");
      await new Promise((resolve) => command.once("exit", resolve));
      while (pids.some(isRunning)) await sleep(50);
      expect(await openClient(store).flow("gate").latestRun.status()).toBe("interrupted");
      rmSync(join(out, "closed"));
      const resumed = await resumeRun("gate", { store });
      expect(resumed.status).toBe("done");
      expect(
        ran()
          .filter((line) => !line.startsWith("begun"))
          .sort(),
      ).toEqual(["end", "gather", "start", "work 0", "work 1", "work 2"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** The local engine: the contract on both datastores, and what only it promises. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FolderStore, type Store } from "../../storage/index.js";
import { motoMissing, motoPython } from "../../storage/moto.testkit.js";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { isAlive } from "../../system/index.js";
import { openClient, type RunEvent, resumeRun, runFlow, Segue } from "../index.js";
import { engineContract, flows, foldersOf, startCommand } from "./engine.testkit.js";
import { startS3, type TemporaryS3 } from "./s3.testkit.js";

const at = folderOfEachTest("local");

engineContract({
  name: "engine local, a folder",
  options: () => ({ engine: "local" }),
  store: async (folder) => new FolderStore(join(folder, "store")),
});

if (motoPython === undefined) console.warn(motoMissing);

describe.skipIf(motoPython === undefined)("on S3", () => {
  let s3: TemporaryS3;
  beforeAll(async () => {
    s3 = await startS3();
  });
  afterAll(async () => {
    await s3?.stop();
  });

  engineContract({
    name: "engine local, S3",
    options: () => ({ engine: "local" }),
    store: () => s3.store(),
  });
  describe("a command that is killed", () => {
    it("leaves a run that can be resumed", () => killedCommand(() => s3.store()));
  });

  it("is read if SEGUE_DATASTORE names it", async () => {
    const store = await s3.store();
    const { SEGUE_DATASTORE } = process.env;
    try {
      process.env.SEGUE_DATASTORE = store.url;
      await runFlow(flows.fanOut!, { folder: at(), count: 2 }, { store });
      expect(await Segue.flow("fan-out").latestSuccessfulRun.artifact("message")).toBe("kept 1");
      expect(await Segue.runs()).toHaveLength(1);
    } finally {
      if (SEGUE_DATASTORE === undefined) delete process.env.SEGUE_DATASTORE;
      else process.env.SEGUE_DATASTORE = SEGUE_DATASTORE;
    }
  });
});

describe("a task that waits until it is tried again", () => {
  const ran = () => readFileSync(at("ran.txt"), "utf8").trim().split("\n");
  const retry = { count: 1, delay: 1 };

  it("frees its slot for others, and takes one again when free", async () => {
    const store = new FolderStore(at("store"));
    const options = { store, maxWorkers: 1, retry };
    const { status } = await runFlow(flows.waits!, { folder: at(), count: 5 }, options);
    expect(status).toBe("done");
    const lines = ran();
    expect(lines.slice(0, 2)).toEqual(["begin 0 1", "begin 1 1"]);
    // Its second is up before the others are through, and its turn comes before theirs.
    expect(lines.at(-1)).toBe("end 4 1");
    const rest = lines.slice(1);
    for (let i = 0; i < rest.length; i += 2) expect(rest[i + 1]).toBe(rest[i]!.replace("begin", "end"));
    expect(rest).toContain("end 0 2");
  });

  it("ends when the run is stopped", async () => {
    const store = new FolderStore(at("store"));
    const stop = new AbortController();
    const listener = ({ type }: RunEvent) => {
      if (type === "task-retry") stop.abort();
    };
    const options = { store, maxWorkers: 1, retry, signal: stop.signal, listener };
    expect((await runFlow(flows.waits!, { folder: at(), count: 1 }, options)).status).toBe("stopped");
    expect(ran()).toEqual(["begin 0 1"]);
  });
});

describe("a command that is killed", () => {
  it("leaves a run that says who holds it, then one that can be resumed without doing anything twice", () =>
    killedCommand(async (folder) => new FolderStore(join(folder, "store"))));
});

async function killedCommand(open: (folder: string) => Promise<Store>): Promise<void> {
  const out = at("out");
  mkdirSync(out);
  const store = await open(at());
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
  while (pids.some((pid) => isAlive(pid))) await sleep(50);
  expect(await openClient(store).flow("gate").latestRun.status()).toBe("interrupted");
  expect(foldersOf(await openClient(store).flow("gate").latestRun.id())).toEqual([]);
  rmSync(join(out, "closed"));
  const resumed = await resumeRun("gate", { store });
  expect(resumed.status).toBe("done");
  expect(
    ran()
      .filter((line) => !line.startsWith("begun"))
      .sort(),
  ).toEqual(["end", "gather", "start", "work 0", "work 1", "work 2"]);
}

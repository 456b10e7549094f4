import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, it } from "vitest";
import type { StoredObject } from "../storage/index.js";
import { LateStore } from "../storage/late-store.js";
import { folderOfEachTest } from "../system/files/temporary-folder.testkit.js";
import { ownerMark } from "../system/index.js";
import { copyFolder } from "./artifacts/materialize.js";
import { storeArtifact } from "./artifacts/store-artifact.js";
import {
  type AnyFlow,
  collectGarbage,
  type FileArtifact,
  FolderStore,
  openClient,
  Pool,
  resumeRun,
  runFlow,
} from "./index.js";
import { lockRun } from "./running/lock.js";

const flows = (await import(
  /* @vite-ignore */ new URL("./fixtures/flows.mjs", import.meta.url).href
)) as Record<string, AnyFlow>;
/** For the runs of all tests, so that not each of them starts processes. */
const pool = new Pool();
afterAll(() => pool.close());
const at = folderOfEachTest("gc");
let store: FolderStore;

beforeEach(() => {
  mkdirSync(at("out"));
  store = new FolderStore(at("store"));
});
afterEach(() => pool.settled());

it("reads what each task of a kept run made once", async () => {
  const parameters = { folder: at("out"), count: 3 };
  await runFlow(flows.fanOut!, parameters, { store, pool });
  await resumeRun("fan-out", { store, pool, step: "end" });
  const read: string[] = [];
  class NotingStore extends FolderStore {
    override get(key: string): Promise<Uint8Array | undefined> {
      if (key.endsWith("/done.json")) read.push(key);
      return super.get(key);
    }
  }
  await collectGarbage(new NotingStore(store.url), { keep: 5 });
  expect(read.length).toBeGreaterThan(8);
  expect(new Set(read).size).toBe(read.length);
});

it("removes old runs and what only they use, never what a kept run uses", async () => {
  const parameters = (count: number) => ({ folder: at("out"), count });
  await runFlow(flows.fanOut!, parameters(5), { store, pool });
  await runFlow(flows.fanOut!, parameters(3), { store, pool });
  await runFlow(flows.kinds!, parameters(1), { store, pool });
  const before = await collectGarbage(store, { keep: 1, dryRun: true });
  expect(before.removedRuns).toHaveLength(1);
  expect(before.removedObjects).toBeGreaterThan(0);
  expect(await openClient(store).runs()).toHaveLength(3);
  const { removedRuns, removedObjects } = await collectGarbage(store, { keep: 1 });
  expect([removedRuns, removedObjects]).toEqual([before.removedRuns, before.removedObjects]);
  const client = openClient(store);
  expect(await client.flow("fan-out").runs()).toHaveLength(1);
  expect(await client.flow("fan-out").latestRun.artifact("message")).toBe("kept 5");
  const { latestRun } = client.flow("kinds");
  const model = await latestRun.artifact<FileArtifact>("again");
  expect(readFileSync(await model.path(), "utf8")).toBe("the model");
  const files = await latestRun.task("start").artifact<FileArtifact>("folder");
  expect(readFileSync(join(await files.path(), "only-here.txt"), "utf8")).toBe("only here");
  expect((await collectGarbage(store, { keep: 1 })).removedObjects).toBe(0);
  for await (const { key } of store.list("cache/")) {
    const { flow, run } = JSON.parse(readFileSync(store.localPath(key), "utf8"));
    expect(removedRuns).not.toContain(`${flow}/${run}`);
  }
});

it("keeps the run that a kept run resumed, with its logs", async () => {
  const out = at("out");
  writeFileSync(join(out, "broken"), "");
  const failed = await runFlow(flows.gate!, { folder: out, count: 2 }, { store, pool });
  rmSync(join(out, "broken"));
  await resumeRun("gate", { store, pool });
  await collectGarbage(store, { keep: 1 });
  expect((await openClient(store).flow("gate").runs()).map(({ run }) => run)).toContain(failed.run);
  expect(existsSync(store.localPath(`tasks/gate/${failed.run}/start/0/done.json`))).toBe(true);
});

it("keeps the latest successful run, whatever failed since, and the run that a kept run reads", async () => {
  const out = at("out");
  const parameters = { folder: out, count: 2 };
  const read = await runFlow(flows.fanOut!, parameters, { store, pool });
  const unread = await runFlow(flows.fanOut!, parameters, { store, pool });
  writeFileSync(join(out, "open"), "");
  const done = await runFlow(flows.follow!, parameters, { store, pool, sources: { "fan-out": read.run } });
  rmSync(join(out, "open"));
  const failed = [];
  for (let i = 0; i < 2; i++) failed.push(await runFlow(flows.follow!, parameters, { store, pool }));
  const newest = await runFlow(flows.fanOut!, parameters, { store, pool });
  const { removedRuns } = await collectGarbage(store, { keep: 1 });
  expect(removedRuns).toEqual([`follow/${failed[0]!.run}`, `fan-out/${unread.run}`]);
  const client = openClient(store);
  expect(await client.flow("follow").latestSuccessfulRun.id()).toBe(done.run);
  expect(await client.flow("fan-out").run(read.run).artifact("message")).toBe("kept 1");
  expect(await client.flow("fan-out").latestRun.id()).toBe(newest.run);
});

it("refuses to keep 0 runs", async () => {
  await expect(collectGarbage(store, { keep: 0 })).rejects.toThrow("keep must be a whole number ≥ 1, got 0");
});

/** A datastore in which something happens when a prefix is listed for the nth time. */
class Eventful extends FolderStore {
  #left: number;
  constructor(
    folder: string,
    readonly prefix: string,
    times: number,
    readonly happens: () => Promise<unknown>,
  ) {
    super(folder);
    this.#left = times;
  }
  override async *list(prefix: string): AsyncIterable<StoredObject> {
    if (prefix === this.prefix && --this.#left === 0) await this.happens();
    yield* super.list(prefix);
  }
}

const twoRuns = async () => {
  const parameters = (count: number) => ({ folder: at("out"), count });
  const { run } = await runFlow(flows.fanOut!, parameters(5), { store, pool });
  await runFlow(flows.fanOut!, parameters(3), { store, pool });
  return run;
};
const objectsOf = (text: string) => {
  const sha = createHash("sha256").update(JSON.stringify(text)).digest("hex");
  return { sha, path: store.localPath(`objects/${sha.slice(0, 2)}/${sha.slice(2)}`) };
};

it("keeps what a task stores during the collection, even if an old run had stored it before", async () => {
  await twoRuns();
  const { path } = objectsOf("kept 30");
  const longAgo = new Date(Date.now() - 7_200_000);
  utimesSync(path, longAgo, longAgo);
  const place = { step: "end", task: "0", folder: at() };
  const busy = new Eventful(store.url, "objects/", 1, () => storeArtifact(store, "m", "kept 30", place));
  const { removedObjects } = await collectGarbage(busy, { keep: 1 });
  expect(removedObjects).toBeGreaterThan(0);
  expect(existsSync(path)).toBe(true);
});

it("keeps a run whose resume begins during the collection", async () => {
  const run = await twoRuns();
  const busy = new Eventful(store.url, "runs/", 2, () => lockRun(store, "fan-out", run));
  expect((await collectGarbage(busy, { keep: 1 })).removedRuns).toEqual([]);
  expect(await openClient(store).flow("fan-out").run(run).artifact("message")).toBe("kept 30");
});

it("leaves no run locked if the datastore fails while it locks them", async () => {
  const parameters = { folder: at("out"), count: 1 };
  for (let i = 0; i < 3; i++) await runFlow(flows.kinds!, parameters, { store, pool });
  class FailingStore extends FolderStore {
    #locks = 0;
    override async putIfAbsent(key: string, contents: string): Promise<boolean> {
      if (++this.#locks === 1) return super.putIfAbsent(key, contents);
      throw new Error("the disk is full");
    }
  }
  await expect(collectGarbage(new FailingStore(store.url), { keep: 1 })).rejects.toThrow("the disk is full");
  expect((await collectGarbage(store, { keep: 1 })).removedRuns).toHaveLength(2);
});

/** Lists a run as running, whose record has these fields beside those of another one. @returns what ends it */
async function runningLike(
  of: string,
  fields: object,
  run = "99991231-235959-22222",
): Promise<() => Promise<void>> {
  const record = JSON.parse(readFileSync(store.localPath(`runs/fan-out/${of}.json`), "utf8"));
  await store.put(`runs/fan-out/${run}.json`, JSON.stringify({ ...record, run, ...fields }));
  return (await lockRun(store, "fan-out", run)).release;
}

it.each([
  ["newest", "99991231-235959-22222"],
  ["oldest", "20000101-000000-22222"],
])("keeps the run that a running one resumes, the %s, though it has taken no task yet", async (_, run) => {
  const origin = await twoRuns();
  const end = await runningLike(origin, { origins: [{ run: origin, rerun: [] }] }, run);
  expect((await collectGarbage(store, { keep: 1, dryRun: true })).removedRuns).toEqual([]);
  expect((await collectGarbage(store, { keep: 1 })).removedRuns).toEqual([]);
  expect(await openClient(store).flow("fan-out").run(origin).artifact("message")).toBe("kept 30");
  await end();
});

it("keeps for an hour what a running run may have stored, and not said yet", async () => {
  const end = await runningLike(await twoRuns(), {});
  await storeArtifact(store, "m", "just stored", { step: "end", task: "0", folder: at() });
  const { path } = objectsOf("just stored");
  const stored = async (minutesAgo: number) => {
    const then = new Date(Date.now() - 60_000 * minutesAgo);
    utimesSync(path, then, then);
    await collectGarbage(store, { keep: 1 });
    return existsSync(path);
  };
  expect(await stored(50)).toBe(true);
  expect(await stored(70)).toBe(false);
  await storeArtifact(store, "m", "just stored", { step: "end", task: "0", folder: at() });
  await end();
  expect(await stored(1)).toBe(false);
});

it("removes leftovers of interrupted removals and of writes of killed processes", async () => {
  const run = await twoRuns();
  rmSync(store.localPath(`runs/fan-out/${run}.json`));
  const dead = ownerMark(spawnSync(process.execPath, ["--version"]).pid);
  const marks = ["00000000-12-1", "00000000-12-1", dead];
  const [old, young, ours] = marks.map((mark, place) => {
    const key = `objects/aa/${place}.${mark}-0123abcd.tmp`;
    mkdirSync(store.localPath("objects/aa"), { recursive: true });
    writeFileSync(store.localPath(key), "half");
    return store.localPath(key);
  }) as [string, string, string];
  const longAgo = new Date(Date.now() - 7_200_000);
  utimesSync(old, longAgo, longAgo);
  await collectGarbage(store, { keep: 1 });
  expect(existsSync(store.localPath(`tasks/fan-out/${run}`))).toBe(false);
  expect(readdirSync(store.localPath("runs/fan-out"))).toHaveLength(2);
  expect([old, young, ours].map(existsSync)).toEqual([false, true, false]);
});

it("keeps cached copies of other datastores, and removes those of removed objects", async () => {
  const { SEGUE_CACHE } = process.env;
  try {
    process.env.SEGUE_CACHE = at("cache");
    await twoRuns();
    const remote = new LateStore(store.url, async () => store);
    const own = copyFolder(remote, objectsOf("kept 30").sha);
    const others = copyFolder(remote, "0".repeat(64));
    for (const each of [own, others]) mkdirSync(each, { recursive: true });
    await collectGarbage(remote, { keep: 1 });
    expect([own, others].map(existsSync)).toEqual([false, true]);
  } finally {
    if (SEGUE_CACHE === undefined) delete process.env.SEGUE_CACHE;
    else process.env.SEGUE_CACHE = SEGUE_CACHE;
  }
});

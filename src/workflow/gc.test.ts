import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  type AnyFlow,
  collectGarbage,
  type FileArtifact,
  FolderStore,
  openClient,
  resumeRun,
  runFlow,
} from "./index.js";

const flows = (await import(
  /* @vite-ignore */ new URL("./fixtures/flows.mjs", import.meta.url).href
)) as Record<string, AnyFlow>;
let folder: string;
let store: FolderStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "segue-gc-"));
  mkdirSync(join(folder, "out"));
  store = new FolderStore(join(folder, "store"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("removes old runs and what only they used, never what a kept run uses", async () => {
  const parameters = (count: number) => ({ folder: join(folder, "out"), count });
  await runFlow(flows.fanOut!, parameters(5), { store });
  await runFlow(flows.fanOut!, parameters(3), { store });
  await runFlow(flows.kinds!, parameters(1), { store });
  const before = await collectGarbage(store, { keep: 1, dryRun: true });
  expect(before.removedRuns).toHaveLength(1);
  expect(before.removedObjects).toBeGreaterThan(0);
  expect(await openClient(store).runs()).toHaveLength(3);
  const { removedRuns, removedObjects } = await collectGarbage(store, { keep: 1 });
  expect([removedRuns, removedObjects]).toEqual([before.removedRuns, before.removedObjects]);
  const client = openClient(store);
  expect(await client.flow("fan-out").runs()).toHaveLength(1);
  expect(await client.flow("fan-out").latestRun.artifact("message")).toBe("kept 5");
  const model = await client.flow("kinds").latestRun.artifact<FileArtifact>("again");
  expect(readFileSync(await model.path(), "utf8")).toBe("the model");
  expect((await collectGarbage(store, { keep: 1 })).removedObjects).toBe(0);
});

it("keeps the run that a kept run took over from, with its logs", async () => {
  const out = join(folder, "out");
  writeFileSync(join(out, "broken"), "");
  const failed = await runFlow(flows.gate!, { folder: out, count: 2 }, { store });
  rmSync(join(out, "broken"));
  await resumeRun("gate", { store });
  await collectGarbage(store, { keep: 1 });
  expect((await openClient(store).flow("gate").runs()).map(({ run }) => run)).toContain(failed.run);
  expect(existsSync(store.localPath(`tasks/gate/${failed.run}/start/0/done.json`))).toBe(true);
});

it("keeps the latest run that is done, whatever failed since, and the run that a kept run reads", async () => {
  const out = join(folder, "out");
  const parameters = { folder: out, count: 2 };
  const read = await runFlow(flows.fanOut!, parameters, { store });
  const unread = await runFlow(flows.fanOut!, parameters, { store });
  writeFileSync(join(out, "open"), "");
  const done = await runFlow(flows.follow!, parameters, { store, sources: { "fan-out": read.run } });
  rmSync(join(out, "open"));
  const failed = [];
  for (let i = 0; i < 2; i++) failed.push(await runFlow(flows.follow!, parameters, { store }));
  const newest = await runFlow(flows.fanOut!, parameters, { store });
  const { removedRuns } = await collectGarbage(store, { keep: 1 });
  expect(removedRuns).toEqual([`follow/${failed[0]!.run}`, `fan-out/${unread.run}`]);
  const client = openClient(store);
  expect(await client.flow("follow").latestSuccessfulRun.id()).toBe(done.run);
  expect(await client.flow("fan-out").run(read.run).artifact("message")).toBe("kept 1");
  expect(await client.flow("fan-out").latestRun.id()).toBe(newest.run);
});

it("refuses to keep nothing", async () => {
  await expect(collectGarbage(store, { keep: 0 })).rejects.toThrow("keep must be a whole number ≥ 1, got 0");
});

import { beforeEach, expect, it } from "vitest";
import { FolderStore } from "../../storage/index.js";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { objectKey } from "../artifacts/ref.js";
import { type DoneRecord, keys, type RunRecord, recordText } from "../records/records.js";
import { Reuse } from "./reuse.js";
import type { ReadyTask } from "./walk.js";

const [model, file] = ["a".repeat(64), "b".repeat(64)];
const now = "2026-01-01T00:00:00.000Z";
const place = { step: "train", task: "0" };
const record = {
  ...{ version: 1, flow: "f", run: "old", ...place, attempt: "1-a", started: now, finished: now, host: "h" },
  inputs: "same",
  artifacts: { model: { kind: "folder", sha: model, size: 1, by: "train/0", length: 1 } },
} satisfies DoneRecord;

const at = folderOfEachTest("reuse");
let store: FolderStore;
beforeEach(async () => {
  store = new FolderStore(at());
  await store.put(keys.done("f", "old", "train", "0"), recordText(record));
  await store.put(objectKey(model), recordText({ files: [{ path: "x", sha: file, size: 1 }] }));
  await store.put(objectKey(file), "x");
});

const task = (inputs: string, node: Partial<ReadyTask["node"]> = {}): ReadyTask => ({
  ...{ ...place, inputs, parents: [], items: [], toCome: [] },
  node: { name: "train", kind: "step", after: [], ...node },
});
const reuse = (cache: boolean, origins: RunRecord["origins"] = [], code = "c") =>
  new Reuse(store, { flow: "f", run: "new", code, parameters: {}, origins } as unknown as RunRecord, cache);

it("takes from the resumed run what had the same inputs, unless its step is to run again", async () => {
  const origins = [{ run: "old", rerun: [] }];
  expect(await reuse(false, origins).find(task("other"))).toBeUndefined();
  expect(await reuse(true, [{ run: "old", rerun: ["train"] }]).find(task("same"))).toBeUndefined();
  const taken = { ...record, run: "new", reused: { run: "old", why: "resume" } };
  expect(await reuse(false, origins).find(task("same"))).toEqual(taken);
  // It is this run's own from now on.
  expect(await reuse(false).find(task("same"))).toEqual(taken);
});

it("takes from the cache what is still there as a whole", async () => {
  await reuse(true).note(task("same"), record);
  const found = async () => (await reuse(true).find(task("same")))?.reused;
  for (const key of [objectKey(file), objectKey(model), keys.done("f", "old", "train", "0")]) {
    const bytes = (await store.get(key))!;
    await store.delete(key);
    expect(await found(), key).toBeUndefined();
    await store.put(key, bytes);
  }
  for (const other of [
    reuse(false),
    reuse(true, [], "other code"),
    reuse(true, [{ run: "old", rerun: ["train"] }]),
  ])
    expect(await other.find(task("same"))).toBeUndefined();
  expect(await reuse(true).find(task("other"))).toBeUndefined();
  expect(await reuse(true).find(task("same", { cache: false }))).toBeUndefined();
  expect(await found()).toEqual({ run: "old", why: "cache" });
});

it("leaves out of the cache a caught error, which the next run may not have, and steps that do not want it", async () => {
  const caught = { ...record, caught: { kind: "error", message: "no room" } } satisfies DoneRecord;
  await store.put(keys.done("f", "old", "train", "0"), recordText(caught));
  await reuse(true).note(task("same"), caught);
  expect(await reuse(true).find(task("same"))).toBeUndefined();
  await store.put(keys.done("f", "old", "train", "0"), recordText(record));
  await reuse(true).note(task("same", { cache: false }), record);
  expect(await reuse(true).find(task("same"))).toBeUndefined();
});

it("tells the run in which a task ran, also of one that has been taken before", async () => {
  const before = { ...record, reused: { run: "first", why: "cache" } } satisfies DoneRecord;
  await store.put(keys.done("f", "old", "train", "0"), recordText(before));
  const taken = await reuse(false, [{ run: "old", rerun: [] }]).find(task("same"));
  expect(taken).toMatchObject({ run: "new", reused: { run: "first", why: "resume" } });
});

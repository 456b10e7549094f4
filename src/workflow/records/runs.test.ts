import { beforeEach, expect, it } from "vitest";
import { FolderStore } from "../../storage/index.js";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { openClient } from "./client.js";
import { type EndRecord, keys, newRunId, type RunRecord, recordText } from "./records.js";
import { listRuns } from "./runs.js";

const at = folderOfEachTest("runs");
/** Counts what is read, so that the index can be seen to be used. */
class CountingStore extends FolderStore {
  reads = 0;

  override get(key: string): Promise<Uint8Array | undefined> {
    this.reads++;
    return super.get(key);
  }
}
let store: CountingStore;

beforeEach(() => {
  store = new CountingStore(at());
});

const idOf = (i: number) => `20260101-0000${String(i).padStart(2, "0")}-22222`;
const write = async (flow: string, i: number, end?: EndRecord["status"]) => {
  const run = idOf(i);
  const record = {
    flow,
    run,
    created: new Date(i * 1000).toISOString(),
    tags: [`t${i % 2}`],
    origins: [],
    nodes: [],
    parameters: {},
  };
  await store.put(keys.run(flow, run), recordText(record as unknown as RunRecord));
  const finished = new Date(i * 1000 + 500).toISOString();
  if (end) await store.put(keys.end(flow, run), recordText({ status: end, finished }));
};
const listed = async (options = {}) =>
  (await listRuns(store, options)).map(({ flow, run, status }) => `${flow}/${run} ${status}`);

it("lists the runs of all flows newest first, by tag, and up to a limit", async () => {
  for (const [flow, i, end] of [
    ["a", 1, "done"],
    ["b", 2, "failed"],
    ["a", 3, undefined],
  ] as const)
    await write(flow, i, end);
  expect(await listed()).toEqual([`a/${idOf(3)} interrupted`, `b/${idOf(2)} failed`, `a/${idOf(1)} done`]);
  expect(await listed({ flow: "a", tag: "t1", limit: 1 })).toEqual([`a/${idOf(3)} interrupted`]);
  expect(await listed({ tag: "t0" })).toEqual([`b/${idOf(2)} failed`]);
});

it("tells no time of a run that ended before it began, by two clocks that differ", async () => {
  await write("a", 1, "done");
  expect(await listRuns(store)).toMatchObject([{ seconds: 0.5 }]);
  await store.put(
    keys.end("a", idOf(1)),
    recordText({ status: "done", finished: new Date(0).toISOString() }),
  );
  expect((await listRuns(store))[0]!.seconds).toBeUndefined();
});

it("finds a run by the end of its id, unless other runs have that end too", async () => {
  for (const i of [1, 2, 13]) await write("a", i, "done");
  const client = openClient(store);
  expect(await (await client.findRun("13-22222")).id()).toBe(idOf(13));
  await expect(client.findRun("22222")).rejects.toMatchObject({
    message: `"22222" may be any of 3 runs in ${at()}`,
    hint: `name one: a/${idOf(13)}, a/${idOf(2)}, a/${idOf(1)}`,
  });
});

it("reads many runs from the index, which contains nothing that the records lack", async () => {
  for (let i = 0; i < 40; i++) await write("a", i, "done");
  const first = await listed();
  expect(first).toHaveLength(40);
  store.reads = 0;
  expect(await listed()).toEqual(first);
  expect(store.reads).toBe(1);
  // Another end, a run that is gone, one that is new.
  await store.put(
    keys.end("a", idOf(5)),
    recordText({ status: "stopped", finished: new Date().toISOString() }),
  );
  await store.delete(keys.run("a", idOf(6)));
  await write("a", 50);
  const now = await listed();
  expect(now).toHaveLength(40);
  expect(now[0]).toBe(`a/${idOf(50)} interrupted`);
  expect(now).toContain(`a/${idOf(5)} stopped`);
  expect(now.join()).not.toContain(idOf(6));
  await store.put("index/runs/a.json", "{ half");
  expect(await listed()).toEqual(now);
});

it("gives runs ids that sort by time, to about a millisecond", () => {
  const times = Array.from({ length: 500 }, (_, i) => new Date(Date.UTC(2026, 0, 1) + i * 20));
  const ids = times.map((time) => newRunId(time));
  expect([...ids].sort()).toEqual(ids);
  const later = "20260131-235959-zzabc";
  expect(newRunId(new Date(Date.UTC(2026, 0, 1)), later)).toMatch(/^20260201-000000-/);
  expect(newRunId(new Date(Date.UTC(2026, 0, 1)), "by-hand")).toMatch(/^20260101-000000-/);
  expect(newRunId(new Date(Date.UTC(2026, 1, 2)), later)).toMatch(/^20260202-000000-/);
});

it("reads a run's record once, however much is asked of the run", async () => {
  await write("a", 1, "done");
  const run = openClient(store).flow("a").run(idOf(1));
  const missing = openClient(store).flow("a").run(idOf(2));
  await Promise.all([run.record(), run.tags(), run.tasks()]);
  await run.tasks();
  expect(store.reads).toBe(1);
  await run.summary();
  expect(store.reads).toBe(2);
  await expect(missing.record()).rejects.toThrow("there is no run");
  await write("a", 2, "done");
  expect(await missing.tags()).toEqual(["t0"]);
});

/** Records that a disk or a hand has damaged: what they told of is done anew, or the message says which file it is. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  type MockInstance,
  vi,
} from "vitest";
import { motoMissing, motoPython } from "../../storage/moto.testkit.js";
import { folderOfTests } from "../../system/files/temporary-folder.testkit.js";
import { startS3, type TemporaryS3 } from "../engines/s3.testkit.js";
import {
  type AnyFlow,
  collectGarbage,
  FolderStore,
  openClient,
  Pool,
  resumeRun,
  runFlow,
  type Store,
} from "../index.js";
import { keys } from "./records.js";

const { fanOut, kinds } = (await import(
  /* @vite-ignore */ new URL("../fixtures/flows.mjs", import.meta.url).href
)) as Record<string, AnyFlow>;

/** Where one run was made, of which each test has a copy. */
const home = folderOfTests("damaged");
const folder = join(home, "folder");
/** The store with one more run. */
const later = new FolderStore(join(home, "later"));
/** For the runs of all tests, so that not each of them starts processes. */
const pool = new Pool();
let store: FolderStore;
let run: string;

let said: MockInstance<typeof console.error>;

beforeAll(async () => {
  mkdirSync(folder);
  store = new FolderStore(join(folder, "store"));
  run = (await runFlow(fanOut!, { folder, count: 3 }, { store, pool, maxWorkers: 1 })).run;
  await pool.settled();
  cpSync(folder, join(home, "as-it-was"), { recursive: true });
  await runFlow(fanOut!, { folder, count: 4 }, { store, pool, maxWorkers: 1 });
  await pool.settled();
  cpSync(join(folder, "store"), join(home, "later"), { recursive: true });
});
afterAll(() => pool.close());
beforeEach(async () => {
  await pool.settled();
  said = vi.spyOn(console, "error").mockImplementation(() => {});
  rmSync(folder, { recursive: true });
  cpSync(join(home, "as-it-was"), folder, { recursive: true });
});
afterEach(() => said.mockRestore());

const ran = () => readFileSync(join(folder, "ran.txt"), "utf8").trim().split("\n");
const damage = (key: string, text = "") => writeFileSync(store.localPath(key), text);

it.each([
  ["", "it is empty"],
  ['{"version":1,"fl', "it is not JSON"],
  ["[]", "it is not a JSON object"],
  [
    '{"attempt":"1-x","started":"2026-01-31T09:05:07Z","finished":"2026-01-31T09:05:07Z"}',
    'it has no "artifacts"',
  ],
])("redoes only the task of a damaged done-record: %j", async (text, problem) => {
  const key = keys.done("fan-out", run, "work", "1");
  damage(key, text);
  const reader = openClient(store).flow("fan-out").run(run);
  await expect(reader.task("work", 1).artifact("square")).rejects.toMatchObject({
    message: `${key} in ${store.url} is damaged: ${problem}`,
    hint: `remove it, and rerun its step: segue resume fan-out/${run} --step work`,
  });
  const tasks = await reader.tasks("work");
  expect(tasks.map(({ status }) => status)).toEqual(["done", "interrupted", "done"]);
  expect(tasks[1]!.error?.message).toContain(key);

  const before = ran().length;
  const resumed = await resumeRun("fan-out", { store, pool, step: "gather" });
  expect(resumed.status).toBe("done");
  expect(ran().slice(before)).toEqual(["work 1"]);
  expect(await openClient(store).flow("fan-out").run(resumed.run).artifact("message")).toBe("kept 5");
});

const written = async (key: string) => new TextDecoder().decode((await store.get(key))!);

describe.each(["a folder", "S3"])("runs in %s", (place) => {
  let s3: TemporaryS3 | undefined;
  let there: Store;
  const copy = async (from: Store) => {
    for await (const { key } of from.list("")) await there.put(key, (await from.get(key))!);
  };
  beforeAll(async () => {
    if (place === "S3" && motoPython) s3 = await startS3();
  });
  afterAll(() => s3?.stop());
  beforeEach(async (context) => {
    if (place === "S3" && !s3) context.skip(motoMissing);
    there = s3 ? await s3.store() : new FolderStore(join(folder, "copy"));
    await copy(store);
  });

  it.each([
    ["", "it is empty"],
    ['{"version":1,"flow":"fan-o', "it is not JSON"],
    ['"fan-out"', "it is not a JSON object"],
    ['{"flow":"fan-out","run":"x","created":"yesterday"}', 'its "created" is not a time'],
    ['{"flow":"fan-out","run":"x","created":"2026-01-31"}', 'it has no "parameters"'],
  ])("lists the other runs if one record is damaged, and says so: %j", async (text, problem) => {
    const record = JSON.parse(await written(keys.run("fan-out", run)));
    const broken = "29990101-000000-zzzzz";
    await there.put(keys.run("fan-out", broken), text);
    await there.put(keys.end("fan-out", broken), await written(keys.end("fan-out", run)));
    const client = openClient(there);
    const { runs, damaged } = await client.runsAndDamage();
    expect(runs).toMatchObject([{ run, status: "done", created: record.created }]);
    const error = {
      message: `${keys.run("fan-out", broken)} in ${there.url} is damaged: ${problem}`,
      hint: `remove it: the run fan-out/${broken} is not listed without it, and cannot be resumed`,
    };
    expect(damaged).toMatchObject([error]);
    expect(await client.flow("fan-out").latestRun.id()).toBe(run);
    expect(await (await client.findRun("fan-out")).id()).toBe(run);
    await expect(client.findRun(`fan-out/${broken}`)).rejects.toMatchObject(error);

    // Its objects are kept: only its owner can tell whether it is to go.
    await copy(later);
    const { removedRuns } = await collectGarbage(there, { keep: 1 });
    expect(removedRuns).toEqual([`fan-out/${run}`]);
    expect(await there.exists(keys.run("fan-out", broken))).toBe(true);
  });

  it("lists a run with a damaged end record as interrupted, says so, and resumes it", async () => {
    await there.put(keys.end("fan-out", run), '{"status":"gone"}');
    const { runs, damaged } = await openClient(there).runsAndDamage();
    expect(runs).toMatchObject([{ run, status: "interrupted" }]);
    expect(damaged).toMatchObject([
      {
        message: `${keys.end("fan-out", run)} in ${there.url} is damaged: its "status" is not one of "done", "failed", "stopped"`,
        hint: `remove it, or continue the run, which counts as interrupted (what is done is kept): segue resume fan-out/${run}`,
      },
    ]);
    const before = ran().length;
    expect((await resumeRun("fan-out", { store: there })).status).toBe("done");
    expect(ran()).toHaveLength(before);
  });
});

it("reports damage on standard error once", async () => {
  damage(keys.end("fan-out", run), "x");
  for (let i = 0; i < 2; i++) expect(await openClient(store).runs()).toHaveLength(1);
  expect(said.mock.calls.map(([line]) => line)).toEqual([
    `${keys.end("fan-out", run)} in ${store.url} is damaged: it is not JSON\n  → remove it, or continue the run, which counts as interrupted (what is done is kept): segue resume fan-out/${run}`,
  ]);
});

it("keeps what a run with a damaged record used", async () => {
  await runFlow(fanOut!, { folder, count: 5 }, { store, pool, maxWorkers: 1 });
  const whole = await written(keys.run("fan-out", run));
  damage(keys.run("fan-out", run));
  expect((await collectGarbage(store, { keep: 1 })).removedObjects).toBe(0);
  damage(keys.run("fan-out", run), whole);
  expect(await openClient(store).flow("fan-out").run(run).artifact("message")).toBe("kept 5");
});

it("removes unneeded runs of other flows, but no object, if a done-record of a kept run is damaged", async () => {
  for (let i = 0; i < 2; i++) await runFlow(kinds!, { folder, count: 1 }, { store, pool });
  const kept = (await runFlow(fanOut!, { folder, count: 5 }, { store, pool, maxWorkers: 1 })).run;
  const key = keys.done("fan-out", kept, "work", "1");
  const whole = await written(key);
  damage(key, "{");
  const { removedRuns, removedObjects, damaged } = await collectGarbage(store, { keep: 1 });
  expect(removedRuns).toEqual([expect.stringMatching(/^kinds\//)]);
  expect(removedObjects).toBe(0);
  const message = `${key} in ${store.url} is damaged: it is not JSON; what its run uses is unknown, so no object is removed`;
  expect(damaged).toMatchObject([{ message }]);
  expect(said.mock.calls.flat().join("\n")).toContain(message);
  // It may tell of a task that the older run of its flow did.
  expect((await openClient(store).flow("fan-out").runs()).map((each) => each.run)).toEqual([kept, run]);

  damage(key, whole);
  const after = await collectGarbage(store, { keep: 1 });
  expect(after).toMatchObject({ removedRuns: [`fan-out/${run}`], damaged: [] });
  expect(after.removedObjects).toBeGreaterThan(0);
  expect(await openClient(store).flow("fan-out").run(kept).artifact("message")).toBe("kept 30");
});

it("shows tasks and resumes despite damaged records of an attempt and a lock", async () => {
  rmSync(store.localPath(keys.end("fan-out", run)));
  rmSync(store.localPath(keys.done("fan-out", run, "work", "1")));
  const attempts: string[] = [];
  for await (const { key } of store.list(keys.tasks("fan-out", run)))
    if (key.endsWith("/started.json")) attempts.push(key);
  for (const key of attempts) damage(key, "{");
  await store.put(`${keys.locks("fan-out", run)}000001.json`, "");
  const [, task] = await openClient(store).flow("fan-out").run(run).tasks("work");
  expect(task).toMatchObject({
    status: "interrupted",
    error: { message: expect.stringContaining("not JSON") },
  });
  expect((await resumeRun("fan-out", { store, pool })).status).toBe("done");
});

it("redoes the task of a damaged cache entry", async () => {
  for await (const { key } of store.list("cache/")) damage(key);
  const before = ran().length;
  expect((await runFlow(fanOut!, { folder, count: 3 }, { store, pool, cache: true })).status).toBe("done");
  expect(ran()).toHaveLength(before + 3);
  for await (const { key } of store.list("cache/")) damage(key);
  await collectGarbage(store, { keep: 1 });
});

/** Records that a disk or a hand has damaged: what they told of is done anew, or the message says which file it is. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type AnyFlow, collectGarbage, FolderStore, openClient, resumeRun, runFlow } from "./index.js";
import { keys } from "./records.js";

const { fanOut } = (await import(
  /* @vite-ignore */ new URL("./fixtures/flows.mjs", import.meta.url).href
)) as Record<string, AnyFlow>;

let folder: string;
let store: FolderStore;
let run: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "segue-damaged-"));
  store = new FolderStore(join(folder, "store"));
  run = (await runFlow(fanOut!, { folder, count: 3 }, { store, maxWorkers: 1 })).run;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ran = () => readFileSync(join(folder, "ran.txt"), "utf8").trim().split("\n");
const damage = (key: string, text = "") => writeFileSync(store.localPath(key), text);

it.each(["", '{"version":1,"fl'])(
  "does anew what a damaged done-record told of, and nothing else: %j",
  async (text) => {
    const key = keys.done("fan-out", run, "work", "1");
    damage(key, text);
    const reader = openClient(store).flow("fan-out").run(run);
    await expect(reader.task("work", 1).artifact("square")).rejects.toMatchObject({
      message: `${key} in ${store.url} is damaged: it is no JSON`,
      hint: `remove it, and do anew what it told of: segue resume fan-out/${run} --step work`,
    });
    const tasks = await reader.tasks("work");
    expect(tasks.map(({ status }) => status)).toEqual(["done", "interrupted", "done"]);
    expect(tasks[1]!.error?.message).toContain(key);
    // What is needed cannot be told any more: nothing is removed.
    await expect(collectGarbage(store, { keep: 1 })).rejects.toThrow(key);

    const before = ran().length;
    const resumed = await resumeRun("fan-out", { store, step: "gather" });
    expect(resumed.status).toBe("done");
    expect(ran().slice(before)).toEqual(["work 1"]);
    expect(await openClient(store).flow("fan-out").run(resumed.run).artifact("message")).toBe("kept 5");
  },
);

it("names the damaged record of a run or of its end, and what becomes of the run without it", async () => {
  damage(keys.end("fan-out", run), "x");
  await expect(openClient(store).runs()).rejects.toMatchObject({
    message: `${keys.end("fan-out", run)} in ${store.url} is damaged: it is no JSON`,
    hint: `remove it: the run then counts as interrupted, and can be gone on with: segue resume fan-out/${run}`,
  });
  rmSync(store.localPath(keys.end("fan-out", run)));
  const before = ran().length;
  expect((await resumeRun("fan-out", { store })).status).toBe("done");
  expect(ran()).toHaveLength(before);

  damage(keys.run("fan-out", run), "x");
  await expect(openClient(store).runs()).rejects.toMatchObject({
    hint: `remove it: the run fan-out/${run} is then not listed any more`,
  });
  rmSync(store.localPath(keys.run("fan-out", run)));
  expect(await openClient(store).runs()).toHaveLength(1);
});

it("does anew what a damaged cache entry told of", async () => {
  for await (const { key } of store.list("cache/")) damage(key);
  const before = ran().length;
  expect((await runFlow(fanOut!, { folder, count: 3 }, { store, cache: true })).status).toBe("done");
  expect(ran()).toHaveLength(before + 3);
});

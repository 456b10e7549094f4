import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { type AnyFlow, FolderStore, type RunEvent, type RunOptions, resumeRun, runFlow } from "../index.js";
import { keys } from "../records/records.js";
import { listRuns } from "../records/runs.js";

const at = folderOfEachTest("run");

/** A failed run of a flow that fails as long as its folder has a file "broken". */
async function failedRun(options: Partial<RunOptions> = {}) {
  const { gate } = (await import(
    /* @vite-ignore */ new URL("../fixtures/flows.mjs", import.meta.url).href
  )) as Record<string, AnyFlow>;
  writeFileSync(at("broken"), "");
  const store = new FolderStore(at("store"));
  const { run } = await runFlow(gate!, { folder: at(), count: 1 }, { store, ...options });
  return { store, run };
}

it("keeps the --with retry and the tags of a run when it is resumed", async () => {
  const { store, run } = await failedRun({ retry: { count: 2, delay: 0.01 }, tags: ["mine"] });
  const events: RunEvent[] = [];
  const resumed = await resumeRun("gate", { store, run, listener: (event) => events.push(event) });
  expect(resumed.status).toBe("failed");
  expect(events.filter(({ type }) => type === "task-retry")).toHaveLength(2);
  expect((await listRuns(store, { tag: "mine" })).map((each) => each.run)).toEqual([resumed.run, run]);
  await resumeRun("gate", { store, run, tags: ["other"] });
  expect(await listRuns(store, { tag: "other" })).toHaveLength(1);
});

it("says which parameters of a resumed run its flow no longer has", async () => {
  const { store, run } = await failedRun();
  const record = JSON.parse(Buffer.from((await store.get(keys.run("gate", run)))!).toString());
  record.parameters.knnK = 7;
  await store.put(keys.run("gate", run), JSON.stringify(record));
  const notes: string[] = [];
  await resumeRun("gate", {
    store,
    run,
    listener: (event) => event.type === "run-note" && notes.push(event.line),
  });
  expect(notes).toEqual(["parameters left out, since the flow no longer has them: knn-k (was 7)"]);
});

it.each([
  ["at once", "tell(await go(outer));"],
  ["in its own time", "setTimeout(() => void go(outer).then(tell), 50);"],
])("is refused if a module runs its flow %s when a step's process loads it", (_, ending) => {
  const door = new URL("../../../dist/workflow/index.js", import.meta.url).href;
  writeFileSync(
    at("both.mjs"),
    `import { flow, openStore, runFlow } from ${JSON.stringify(door)};
    const go = async (flow) => runFlow(flow, {}, { store: await openStore(${JSON.stringify(at("store"))}) });
    const tell = ({ status, end }) => console.log(JSON.stringify({ status, failed: end.failed?.error }));
    const wait = () => new Promise((resolve) => setTimeout(resolve, 300));
    export const outer = flow("outer", { module: import.meta.url }).step("start", wait);
    ${ending}`,
  );
  const printed = execFileSync(process.execPath, ["both.mjs"], { cwd: at(), timeout: 20_000 });
  expect(JSON.parse(String(printed))).toMatchObject({
    status: "failed",
    failed: {
      message: expect.stringContaining('the flow "outer" is run by a module that its step processes load'),
    },
  });
  expect(readdirSync(at("store/runs/outer")).filter((name) => !name.includes(".end."))).toHaveLength(1);
});

it("may be called by a step", async () => {
  const door = new URL("../../../dist/workflow/index.js", import.meta.url).href;
  const module = at("nested.mjs");
  writeFileSync(
    module,
    `import { flow, openStore, runFlow } from ${JSON.stringify(door)};
    export const inner = flow("inner", { module: import.meta.url }).step("start", () => ({ a: 1 }));
    export const outer = flow("outer", { module: import.meta.url }).step("start", async () => {
      const { status } = await runFlow(inner, {}, { store: await openStore(${JSON.stringify(at("inner"))}) });
      return { status };
    });`,
  );
  const { outer } = (await import(/* @vite-ignore */ pathToFileURL(module).href)) as Record<string, AnyFlow>;
  const { status } = await runFlow(outer!, {}, { store: new FolderStore(at("store")) });
  expect(status).toBe("done");
});

it("reads only one record of many to find the latest run to resume", async () => {
  const { fanOut } = (await import(
    /* @vite-ignore */ new URL("../fixtures/flows.mjs", import.meta.url).href
  )) as Record<string, AnyFlow>;
  const store = new FolderStore(at("store"));
  for (let i = 0; i < 3; i++) await runFlow(fanOut!, { folder: at(), count: 1 }, { store });
  const read: string[] = [];
  const get = store.get.bind(store);
  store.get = (key) => {
    if (key.startsWith("runs/")) read.push(key);
    return get(key);
  };
  await expect(resumeRun("fan-out", { store })).rejects.toThrow(/the latest run of "fan-out", .* is done/);
  expect(read).toHaveLength(2);
});

/** The pool's processes: which takes a task, and what those load that have nothing to do. */
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { FolderStore } from "../../storage/index.js";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { distPath } from "../../system/index.js";
import { loadFlow, openClient, Pool, type RunEvent, runFlow } from "../index.js";
import { flows } from "./engine.testkit.js";

const at = folderOfEachTest("pool");

/** What the flow "ahead" notes: "preloaded <pid>" and "ran <pid>". */
const noted = () => {
  try {
    return readFileSync(at("ran.txt"), "utf8").trim().split("\n");
  } catch {
    return [];
  }
};

it("preloads the next flows in a second process, which then takes their tasks", async () => {
  const pool = new Pool();
  process.env.SEGUE_TEST_FOLDER = at();
  try {
    pool.expect([flows.fanOut!, flows.ahead!], 2);
    const store = new FolderStore(at("store"));
    await runFlow(flows.fanOut!, { folder: at(), count: 1 }, { store, pool, maxWorkers: 1 });
    for (let i = 0; i < 200 && !noted().some((line) => line.startsWith("preloaded")); i++) await sleep(50);
    await runFlow(flows.ahead!, { folder: at() }, { store, pool, maxWorkers: 1 });
    const preloaded = noted().flatMap((line) => /^preloaded (\d+)$/.exec(line)?.[1] ?? []);
    const ran = noted().flatMap((line) => /^ran (\d+)$/.exec(line)?.[1] ?? []);
    expect(ran).toHaveLength(1);
    expect(preloaded).toContain(ran[0]);
    // No process loads a flow twice.
    expect(new Set(preloaded).size).toBe(preloaded.length);
  } finally {
    delete process.env.SEGUE_TEST_FOLDER;
    await pool.close();
  }
});

it("has written every card once settled, though the run does not wait for them", async () => {
  const pool = new Pool();
  try {
    const store = new FolderStore(at("store"));
    const run = await runFlow(flows.kinds!, { folder: at() }, { store, pool, maxWorkers: 1 });
    expect(run.status).toBe("done");
    await pool.settled();
    const page = await openClient(store).flow("kinds").latestRun.task("start").card();
    expect(page).toContain("<main>");
    expect(page).not.toContain('http-equiv="refresh"');
  } finally {
    await pool.close();
  }
});

it("lets a stopped step clean up for as long as its grace", async () => {
  const stop = new AbortController();
  const store = new FolderStore(at("store"));
  const running = runFlow(flows.cleansUp!, { folder: at() }, { store, signal: stop.signal });
  while (noted()[0] !== "begun") await sleep(20);
  stop.abort();
  expect((await running).status).toBe("stopped");
  expect(noted()).toEqual(["begun", "cleaned up"]);
});

it("restarts a task in another process if it fails because of what an earlier one left behind", async () => {
  const store = new FolderStore(at("store"));
  const run = await runFlow(flows.leavesTimer!, { folder: at() }, { store, maxWorkers: 1 });
  expect(run.end.failed).toBeUndefined();
  const task = openClient(store).flow("leaves-timer").latestRun.task("innocent");
  expect(await task.artifact("fine")).toBe(true);
  expect(noted()).toEqual(["innocent", "innocent"]);
  const { attempts } = await task.summary();
  expect(attempts.map(({ error }) => error?.message)).toEqual([
    "something that start/0 left behind in this process threw: left behind",
    undefined,
  ]);
});

/** A flow whose module waits at its top level in the processes of tasks; held open, or not. */
const waiting = async (holds: string) => {
  const path = at("waiting.mjs");
  const { href } = new URL(`file://${distPath("workflow/index.js")}`);
  writeFileSync(
    path,
    `import { flow } from ${JSON.stringify(href)};
     if (process.send && process.env.SEGUE_TEST_WAITS) { ${holds}; await new Promise(() => {}); }
     export const waiting = flow("waiting", { module: import.meta.url }).step("start", () => ({}));`,
  );
  const flow = await loadFlow(pathToFileURL(path).href, "waiting");
  process.env.SEGUE_TEST_WAITS = "1";
  const pool = new Pool({ told: 1, ended: 2 });
  const said: string[] = [];
  const listener = (event: RunEvent) => void (event.type === "task-log" && said.push(event.line));
  try {
    const run = await runFlow(flow, {}, { store: new FolderStore(at("store")), pool, listener });
    return { said, error: run.end.failed!.error };
  } finally {
    delete process.env.SEGUE_TEST_WAITS;
    await pool.close();
  }
};

it("says if a module never finishes loading", async () => {
  const { error } = await waiting("");
  expect(error).toMatchObject({
    kind: "error",
    message: expect.stringMatching(/waiting\.mjs: its top-level await never settles$/),
    hint: expect.stringContaining("await outside of any function"),
  });
});

it("says which process takes too long to load which module, and ends it", async () => {
  const { said, error } = await waiting("setInterval(() => {}, 100)");
  expect(said).toEqual([expect.stringMatching(/^process \d+ is still loading \S+waiting\.mjs after 1 s$/)]);
  expect(error).toMatchObject({
    kind: "timeout",
    message: expect.stringMatching(/^its process \(\d+\) has not loaded \S+waiting\.mjs within 2 s$/),
  });
});

it("says that a step ran out of memory, and what to do, if V8 ends its process", async () => {
  const { NODE_OPTIONS } = process.env;
  process.env.NODE_OPTIONS = "--max-old-space-size=80";
  const pool = new Pool();
  try {
    const store = new FolderStore(at("store"));
    const run = await runFlow(flows.hungry!, {}, { store, pool, maxWorkers: 1 });
    expect(run).toMatchObject({
      status: "failed",
      end: {
        failed: {
          step: "start",
          error: {
            kind: "lost",
            signal: "SIGABRT",
            message: expect.stringMatching(
              /^its process \(\d+\) ran out of memory \(SIGABRT.*\) before the task/,
            ),
            hint: expect.stringMatching(/NODE_OPTIONS=--max-old-space-size=\d+ before the command$/),
          },
        },
      },
    });
  } finally {
    if (NODE_OPTIONS === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = NODE_OPTIONS;
    await pool.close();
  }
});

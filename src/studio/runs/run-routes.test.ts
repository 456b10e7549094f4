/** The routes of Runs, on records as runs write them. */
import { expect, it } from "vitest";
import { songApp } from "../../serving/serving.testkit.js";
import { FolderStore } from "../../storage/index.js";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { storeArtifact } from "../../workflow/artifacts/store-artifact.js";
import { openClient } from "../../workflow/index.js";
import { keys, recordText } from "../../workflow/records/records.js";
import { TaskLog } from "../../workflow/task/task-log.js";
import { runRoutes } from "./run-routes.js";

const folder = folderOfEachTest("run-routes");
const at = "2026-01-01T00:00:00.000Z";
const step = { name: "start", kind: "step", after: [] };

/** The studio's routes, on a datastore to write runs of the flow "told" to. */
async function routes() {
  const store = new FolderStore(folder());
  const { app } = await songApp({}, [(app) => runRoutes(app, openClient(store), {})]);
  const write = (key: string, value: object) => store.put(key, recordText(value));
  const runOf = (run: string, nodes: readonly object[]) =>
    write(keys.run("told", run), {
      ...{ flow: "told", run, nodes, created: at, tags: [], parameters: {}, origins: [] },
    });
  const done = (step: string, task: string, attempt: string, artifacts = {}) =>
    write(keys.done("told", "1", step, task), {
      ...{ flow: "told", run: "1", step, task, attempt, started: at, finished: at, artifacts },
    });
  const get = (path: string) => app.inject({ url: `/v1/studio/runs${path}` });
  return { store, write, runOf, done, get };
}

it("sends the last 500 lines of a log, then what comes after those that the page has of the same attempt", async () => {
  const { store, write, runOf, done, get } = await routes();
  await runOf("1", [step]);
  const file = (attempt: string, name: string) => keys.attempt("told", "1", "start", "0", attempt, name);
  for (const [attempt, lines] of [
    ["1-a", 3],
    ["2-b", 600],
  ] as const) {
    await write(file(attempt, "started.json"), { started: at, host: "h", pid: 1 });
    const log = new TaskLog(store, file(attempt, "log"));
    for (let i = 0; i < lines; i++) log.write("out", `${attempt} ${i}`);
    await log.close();
  }
  await done("start", "0", "2-b");
  const logOf = async (query: string) => {
    const { attempt, log } = (await get(`/told/1/tasks/start/0${query}`)).json() as {
      attempt: string;
      log: { from: number; lines: string[] };
    };
    return [attempt, log.from, log.lines.length, log.lines[0]];
  };
  expect(await logOf("")).toEqual(["2-b", 100, 500, "2-b 100"]);
  expect(await logOf("?attempt=2-b&from=590")).toEqual(["2-b", 590, 10, "2-b 590"]);
  expect(await logOf("?attempt=1-a&from=3")).toEqual(["2-b", 100, 500, "2-b 100"]);
});

it("sends a card as a page of its own, which may not act as the studio", async () => {
  const { store, runOf, done, get } = await routes();
  await runOf("1", [step]);
  await done("start", "0", "1-a");
  expect((await get("/told/1/tasks/start/0/card")).statusCode).toBe(404);
  await store.put(keys.attempt("told", "1", "start", "0", "1-a", "card.html"), "<p>hello</p>");
  const { statusCode, headers, body } = await get("/told/1/tasks/start/0/card");
  expect([statusCode, body]).toEqual([200, "<p>hello</p>"]);
  expect(headers).toMatchObject({
    "content-security-policy": "sandbox allow-scripts",
    "content-type": "text/html; charset=utf-8",
  });
});

it("makes the grid of the small values that each task has made itself", async () => {
  const { store, runOf, done, get } = await routes();
  await runOf("1", [step, { name: "each", kind: "foreach", after: ["start"], over: "list" }]);
  const artifact = (name: string, value: unknown, step: string, task: string) =>
    storeArtifact(store, name, value, { step, task, folder: folder() });
  const list = await artifact("list", [0, 1], "start", "0");
  const seed = await artifact("seed", 7, "start", "0");
  for (const task of ["0", "1"])
    await done("each", task, "1-a", {
      ...{ list, seed },
      scores: await artifact("scores", { hits: Number(task) / 2, isFit: true }, "each", task),
      long: await artifact("long", { text: "x".repeat(10_000) }, "each", task),
    });
  expect((await get("/told/1/grid")).json()).toEqual({
    grid: {
      step: "each",
      columns: ["scores.hits", "scores.isFit", "seconds"],
      rows: [0, 1].map((task) => ({
        task: String(task),
        values: { "scores.hits": task / 2, "scores.isFit": "true", seconds: 0 },
      })),
    },
  });
});

it("lists the 200 newest runs, and says how many there are", async () => {
  const { runOf, get } = await routes();
  for (let i = 0; i < 203; i++) await runOf(String(1000 + i), [step]);
  const { total, runs } = (await get("")).json() as { total: number; runs: Array<{ run: string }> };
  expect([total, runs.length, runs[0]!.run]).toEqual([203, 200, "1202"]);
});

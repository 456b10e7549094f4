/** What steps may do and return, and what becomes of it, with the processes that run them. */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, it } from "vitest";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { isAlive } from "../../system/index.js";
import { startCommand } from "../engines/engine.testkit.js";
import { type AnyFlow, FolderStore, openClient, type RunEvent, resumeRun, runFlow } from "../index.js";

const flows = (await import(
  /* @vite-ignore */ new URL("../fixtures/flows.mjs", import.meta.url).href
)) as Record<string, AnyFlow>;
const at = folderOfEachTest("steps");
let store: FolderStore;

beforeEach(() => {
  store = new FolderStore(at("store"));
});

const run = (name: string, more: object = {}) =>
  runFlow(flows[name]!, { folder: at(), ...more }, { store, maxWorkers: 1 });
const latest = (name: string) => openClient(store).flow(name).latestRun;

it("keeps two artifacts of the same content separate when a step changes one", async () => {
  expect((await run("changes")).status).toBe("done");
  expect(await latest("changes").artifact("seen")).toEqual([["hit"], [], ["own"], []]);
});

it.each([
  ["map", "a Map"],
  ["array", "a Float32Array"],
  ["table", "a table"],
  ["list", "an array"],
])("refuses a step that does not return an object of artifacts: %s", async (what, named) => {
  const { end } = await run("returns", { what });
  expect(end.failed?.error.message).toBe(`step "start" returned ${named}`);
});

it("accepts an object without a prototype", async () => {
  expect((await run("returns", { what: "bare" })).status).toBe("done");
});

it("tells what is wrong with one artifact though another is still being stored", async () => {
  const { end } = await run("fillsFolder", { bad: true });
  expect(end.failed?.error.message).toBe('cannot store artifact "map" of step start/0: it is a Map');
});

it("finishes a task though a process that it started still writes into its folder", async () => {
  expect(await run("fillsFolder", { bad: false })).toMatchObject({ status: "done" });
  rmSync(await latest("fills-folder").artifact<string>("filled"), { recursive: true, force: true });
});

it("finds the first task of a step within nested foreach steps, and says which tasks and steps there are", async () => {
  await run("nested");
  const first = latest("nested").task("letter");
  expect(await first.artifact("upper")).toBe("A2");
  expect(await first.summary()).toMatchObject({ task: "0.0", status: "done" });
  expect(await first.logs()).toEqual([]);
  await expect(first.artifact("uper")).rejects.toThrow('/letter/0.0 has no artifact "uper"');
  await expect(latest("nested").task("split", 7).logs()).rejects.toMatchObject({
    message: expect.stringMatching(/^there is no task nested\/\S+\/split\/7$/),
    hint: "its step has 0, 1, 2",
    exitCode: 2,
  });
  await expect(latest("nested").tasks("lettre")).rejects.toThrow('flow "nested" has no step "lettre"');
});

it("says in a card what cannot be drawn, and draws the rest", async () => {
  const { status } = await run("badCard");
  expect(status).toBe("done");
  const card = await latest("bad-card").task("start").card();
  expect(card).toContain("Cannot convert undefined or null to object");
  expect(card).toContain("thrown as text");
  expect(card).toContain("the rest");
});

it("says why a task failed even if its card cannot be drawn", async () => {
  const { end } = await run("badCard", { fails: true });
  expect(end.failed?.error.message).toBe("the true reason");
});

it("finds an artifact only by its own name, even one that every object has", async () => {
  await run("badCard");
  expect(await latest("bad-card").artifact("constructor")).toBe(1);
  await expect(latest("bad-card").artifact("toString")).rejects.toThrow('has no artifact "toString"');
});

it("lets every step begin in the same folder", async () => {
  const { end } = await run("elsewhere");
  expect(end).toMatchObject({ status: "done" });
  expect(await latest("elsewhere").artifact("where")).toBe(process.cwd());
});

it("keeps characters printed byte by byte, other encodings, and long output without a line break", async () => {
  expect((await run("prints", { count: 300 })).status).toBe("done");
  const lines = (await latest("prints").task("start").logs()).map(({ text }) => text);
  expect(lines.slice(0, 2)).toEqual(["€ 😀", "hi"]);
  expect(lines.slice(2).join("")).toBe("x".repeat(30_000_000));
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(1_200_000);
});

const ran = () => (existsSync(at("ran.txt")) ? Number(readFileSync(at("ran.txt"), "utf8")) : undefined);
const isGone = async (pid: number) => {
  for (let i = 0; i < 100 && isAlive(pid); i++) await sleep(50);
  const gone = !isAlive(pid);
  if (!gone) process.kill(pid, "SIGKILL");
  return gone;
};

it("ends processes started by a step when its process ends by itself", async () => {
  expect((await run("leaves")).end.failed?.error.message).toMatch(/ended with exit code 3/);
  expect(await isGone(ran()!)).toBe(true);
});

it("ends processes started by a step when the command is killed", async () => {
  mkdirSync(store.url);
  const command = startCommand("leaves", { folder: at(), exits: false }, store, { maxWorkers: 1 });
  while (ran() === undefined) await sleep(50);
  command.kill("SIGKILL");
  expect(await isGone(ran()!)).toBe(true);
});

it("ends a task process that was too busy to notice that its command was killed, before its task runs again", async () => {
  mkdirSync(store.url);
  const command = startCommand("blocked", { folder: at(), seconds: 60 }, store, { maxWorkers: 1 });
  while (!existsSync(at("ran.txt"))) await sleep(50);
  command.kill("SIGKILL");
  await new Promise((resolve) => command.once("exit", resolve));
  let pid = 0;
  for await (const { key } of store.list("tasks/"))
    if (key.endsWith("/started.json")) ({ pid } = JSON.parse(readFileSync(store.localPath(key), "utf8")));
  expect(isAlive(pid)).toBe(true);
  const stop = new AbortController();
  const listener = ({ type }: RunEvent) => type === "task-started" && stop.abort();
  expect((await resumeRun("blocked", { store, signal: stop.signal, listener })).status).toBe("stopped");
  expect(await isGone(pid)).toBe(true);
});

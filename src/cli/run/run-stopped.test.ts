/** Runs that end before their time, at a terminal: the second Ctrl-C, and a datastore that takes no more. */
import { spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { distPath, isAlive } from "../../system/index.js";
import { ScratchProject } from "../project.testkit.js";

const project = new ScratchProject();
afterAll(() => project.remove());

beforeAll(() =>
  project.writeFlows(
    "stops.mjs",
    `import { renameSync, rmSync, writeFileSync } from "node:fs";
     export const busy = segue
       .flow("busy", { module: import.meta.url })
       .step("start", () => {})
       .step("spin", ({ folder }) => {
         writeFileSync("spinning.new", JSON.stringify({ pid: process.pid, folder }));
         renameSync("spinning.new", "spinning");
         for (const end = Date.now() + 60_000; Date.now() < end; );
       });
     export const waits = segue.flow("waits", { module: import.meta.url }).step("start", async () => {
       writeFileSync("waiting", "");
       await new Promise((resolve) => setTimeout(resolve, 1000));
     });
     export const ends = segue
       .flow("ends", { module: import.meta.url })
       .step("start", () => {})
       .step("last", () => {
         rmSync("full/cache", { recursive: true });
         writeFileSync("full/cache", "");
       });`,
  ),
);

it("ends at once on the second Ctrl-C, kills a task that ignores signals, and says how to continue", async () => {
  const command = spawn(process.execPath, [distPath("cli/main.js"), "run", "stops.mjs:busy"], {
    cwd: project.folder,
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  command.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const ended = new Promise((resolve) => command.once("close", resolve));
  while (!existsSync(project.at("spinning"))) await sleep(20);
  const { pid, folder } = JSON.parse(project.read("spinning")) as { pid: number; folder: string };
  command.kill("SIGINT");
  await sleep(50);
  command.kill("SIGINT");
  expect(await ended).toBe(130);
  expect(said).toMatch(/^interrupted\n {2}→ continue: segue resume busy\/\S+\n$/);
  for (let i = 0; i < 50 && isAlive(pid); i++) await sleep(20);
  expect([isAlive(pid), existsSync(folder)]).toEqual([false, false]);
});

it("ends with 143 if it is stopped by SIGTERM", async () => {
  const command = spawn(process.execPath, [distPath("cli/main.js"), "run", "stops.mjs:waits"], {
    cwd: project.folder,
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => command.once("close", resolve));
  while (!existsSync(project.at("waiting"))) await sleep(20);
  rmSync(project.at("waiting"));
  command.kill("SIGTERM");
  expect(await ended).toBe(143);
});

it("survives the closing of its terminal if its output goes elsewhere", async () => {
  const command = spawn(process.execPath, [distPath("cli/main.js"), "run", "stops.mjs:waits"], {
    cwd: project.folder,
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => command.once("close", resolve));
  while (!existsSync(project.at("waiting"))) await sleep(20);
  command.kill("SIGHUP");
  expect(await ended).toBe(0);
});

it("says how to continue if the datastore is full", async () => {
  const failed = await project.segueMeanwhile("run", "stops.mjs:ends", "--datastore", "full");
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(/^error: .*full\/cache/);
  const [, run] = /→ when it is fixed: segue resume (ends\/\S+) --datastore full\n/.exec(failed.stderr)!;
  expect(project.segue("show", run!, "--datastore", "full").stdout).toContain("interrupted");
});

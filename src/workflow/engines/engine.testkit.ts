/** What every engine must do, whatever runs the tasks and wherever artifacts lie. Tasks run in real processes. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../../storage/index.js";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { distPath, isAlive } from "../../system/index.js";
import { msToEnd } from "../../system/time.testkit.js";
import {
  type AnyFlow,
  openClient,
  Pool,
  type RunEvent,
  type RunOptions,
  resumeRun,
  runFlow,
} from "../index.js";

const fixtures = new URL("../fixtures/flows.mjs", import.meta.url).href;
export const flows = (await import(/* @vite-ignore */ fixtures)) as Record<string, AnyFlow>;

export interface EngineUnderTest {
  readonly name: string;
  /** Options that choose the engine. */
  options(): Partial<RunOptions>;
  /** A fresh, empty datastore; `folder` may hold it. */
  store(folder: string): Promise<Store>;
  /** How many pools of two places work side by side. Default: one. */
  readonly pools?: number;
  /** Waits until whatever held a killed command's run knows that it is over. */
  settle?(): Promise<void>;
}

/** The folders of a run's attempts that are still on this machine. */
export const foldersOf = (run: string): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`segue-${run}-`));

/** Describes the contract for one engine on one datastore. */
export function engineContract(engine: EngineUnderTest): void {
  describe(engine.name, () => {
    const at = folderOfEachTest("engine");
    let out: string;
    let store: Store;
    let options: RunOptions;
    /** For the runs of all tests, so that not each of them starts processes. */
    let pool: Pool;

    beforeAll(() => {
      pool = new Pool();
    });
    afterAll(() => pool.close());
    beforeEach(async () => {
      out = at("out");
      mkdirSync(out);
      store = await engine.store(at());
      options = { store, maxWorkers: 2, pool, ...engine.options() };
    });

    const parameters = (more: object = {}) => ({ folder: out, ...more });
    const ran = (): string[] =>
      existsSync(join(out, "ran.txt")) ? readFileSync(join(out, "ran.txt"), "utf8").trim().split("\n") : [];
    const run = async (name: string, more: object = {}, others: Partial<RunOptions> = {}) => {
      const result = await runFlow(flows[name]!, parameters(more), { ...options, ...others });
      await pool.settled();
      return result;
    };
    const latest = (flow: string) => openClient(store).flow(flow).latestRun;
    const until = async (test: () => boolean | Promise<boolean>, what: string) => {
      for (let i = 0; i < 400; i++) {
        if (await test()) return;
        await sleep(50);
      }
      throw new Error(`waited 20 s in vain until ${what}`);
    };
    const gateFile = (name: string, isThere: boolean) =>
      isThere ? writeFileSync(join(out, name), "") : rmSync(join(out, name), { force: true });

    it("runs a foreach and its join, and keeps logs", async () => {
      const events: RunEvent[] = [];
      const result = await run(
        "fanOut",
        { count: 6 },
        { listener: (event) => events.push(event), tags: ["t1"] },
      );
      expect(result.status).toBe("done");
      expect(await latest("fan-out").artifact("message")).toBe("kept 55");
      expect(ran().sort()).toEqual([0, 1, 2, 3, 4, 5].map((i) => `work ${i}`));
      const logs = await latest("fan-out").task("work", 3).logs();
      expect(logs.map(({ stream, text }) => [stream, text])).toEqual([["err", "working on 3"]]);
      const printed = events.flatMap((event) => (event.type === "task-log" ? [event.line] : []));
      expect(printed.sort()).toEqual(["starting", ...[0, 1, 2, 3, 4, 5].map((i) => `working on ${i}`)]);
      expect(events.filter((event) => event.type === "task-done")).toHaveLength(9);
      expect(await openClient(store).runs({ tag: "t1" })).toMatchObject([
        { run: result.run, status: "done" },
      ]);
      expect(await openClient(store).runs({ tag: "t2" })).toEqual([]);
    });

    it("reads the given source run, whatever has run since, also when resumed", async () => {
      const first = await run("fanOut", { count: 6 });
      const second = await run("fanOut", { count: 4 });
      const next = { flows: ["after"], flags: ["--k", "7"] };
      const failed = await run("follow", {}, { sources: { "fan-out": first.run }, next });
      expect(failed.status).toBe("failed");
      gateFile("open", true);
      await resumeRun("follow", options);
      const read = async () => [
        await latest("follow").artifact("source"),
        await latest("follow").artifact("message"),
      ];
      expect(await read()).toEqual([first.run, "kept 55"]);
      expect(await latest("follow").record()).toMatchObject({ sources: { "fan-out": first.run }, next });
      await run("follow");
      expect(await read()).toEqual([second.run, "kept 14"]);
    });

    it("runs a foreach of nothing", async () => {
      expect((await run("fanOut", { count: 0 })).status).toBe("done");
      expect(await latest("fan-out").artifact("message")).toBe("kept 0");
    });

    it("iterates over the rows of a table, a typed array, and an empty list", async () => {
      for (const [what, all] of [
        ["table", [{ name: "a" }, { name: "b" }]],
        ["array", [1, 2]],
        ["empty", []],
      ] as const) {
        expect((await run("goesOver", { what })).status).toBe("done");
        expect(await latest("goes-over").artifact("all")).toEqual(all);
      }
    });

    it.each([
      ["gone", 'which step "start" did not write'],
      ["null", "which is null"],
      ["text", "which is a string"],
      ["date", "which is a Date"],
      ["folder", "which is a file"],
    ])("fails if the artifact of a foreach is not a list: %s", async (what, why) => {
      const { status, end } = await run("goesOver", { what });
      expect(status).toBe("failed");
      expect(end.failed).toMatchObject({ step: "start", error: { code: "foreach-without-list" } });
      expect(end.failed!.error.message).toContain(`foreach "each" iterates over "list", ${why}`);
    });

    it("does not catch an error that leaves a foreach without a list", async () => {
      const { status, end } = await run("goesOver", { what: "thrown" });
      expect(status).toBe("failed");
      expect(end.failed?.error.message).toBe(
        'no list (not caught: foreach "each" has no "list" to iterate over)',
      );
    });

    it("runs nested foreach steps, one of them empty", async () => {
      await run("nested");
      expect(await latest("nested").artifact("result")).toEqual(["ab:A2B2", "c:C1", ":"]);
    });

    it("merges branches and refuses ambiguous artifacts", async () => {
      await run("branches");
      expect(await latest("branches").artifact("all")).toEqual([1, "l", "r", 1, 2]);
      expect(await latest("branches").artifact("ambiguous")).toMatch(/"both" is ambiguous in step "meet"/);
    });

    it("stores every kind of artifact, and names one that it cannot store", async () => {
      expect((await run("kinds")).status).toBe("done");
      const rows = [
        { name: "a", hits: 0.5, count: 3 },
        { name: "b", hits: 1, count: null },
      ];
      expect(await latest("kinds").artifact("seen")).toEqual(["the model", true, 0, [1, 2, 3], rows]);
      expect(await latest("kinds").task("start").card()).toContain("&#60;b&#62;not bold&#60;/b&#62;");
      const failed = await run("kinds", { bad: true });
      expect(failed.end.failed?.error.message).toBe(
        'cannot store artifact "wrong" of step start/0: its inner[0] is a Map',
      );
    });

    it("retries, and fails when no attempt is left", async () => {
      expect((await run("flaky", { failures: 2 })).status).toBe("done");
      expect(ran()).toEqual(["start 1", "start 2", "start 3"]);
      const shown: string[] = [];
      const listener = (event: RunEvent) => event.type === "task-log" && shown.push(event.line);
      const failed = await run("flaky", { failures: 3 }, { listener });
      expect(failed).toMatchObject({
        status: "failed",
        end: { failed: { error: { message: "attempt 3 fails" } } },
      });
      const { attempts } = await latest("flaky").task("start").summary();
      expect(attempts.map(({ error }) => error?.message)).toEqual([1, 2, 3].map((i) => `attempt ${i} fails`));
      // The stack is in the log alone.
      expect(shown.filter((line) => /^ +at |^Error/.test(line))).toEqual([]);
      expect((await latest("flaky").task("start").logs())[0]).toMatchObject({
        stream: "err",
        text: "Error: attempt 3 fails",
      });
    });

    it("records errors thrown outside the step's promise, with their place, as a failure of the task", async () => {
      expect((await run("throwsBeside")).end.failed?.error.message).toBe("thrown beside");
      const task = latest("throws-beside").task("start");
      expect(await task.summary()).toMatchObject({ status: "failed", error: { message: "thrown beside" } });
      expect((await task.logs())[0]).toMatchObject({ stream: "err", text: "Error: thrown beside" });
    });

    it("keeps the hint, code and exit code of a step's error", async () => {
      const error = {
        kind: "error",
        message: "two columns could be it",
        hint: "say which",
        code: "misuse",
        exitCode: 2,
      };
      expect((await run("misused")).end.failed).toEqual({ step: "start", task: "0", error });
      expect((await latest("misused").task("start").summary()).error).toEqual(error);
    });

    it("does not retry if the input of a step is wrong, and still catches the error", async () => {
      const failed = await run("misusedAgain");
      expect(failed.end.failed?.error.message).toBe("caught: two columns could be it");
      expect(ran()).toEqual(["start 1", "end 1"]);
      expect(await latest("misused-again").tasks()).toMatchObject([
        { step: "start", status: "done", caught: true },
        { step: "end", status: "failed" },
      ]);
    });

    it.each([
      ["throw", "error", "it went wrong"],
      ["object", "error", "{ code: 5 }"],
      ["exit", "lost", "ended with exit code 3"],
      ["hang", "timeout", "took longer than its timeout of 1.5 s"],
    ])("continues with the error as an artifact after a %s", async (how, kind, message) => {
      const result = await run("caught", { how });
      expect(result.status).toBe("done");
      expect(foldersOf(result.run)).toEqual([]);
      const end = latest("caught").task("end");
      expect(await end.artifact("kind")).toBe(kind);
      expect(await end.artifact("message")).toContain(message);
      expect([await end.artifact("before"), await end.artifact("result")]).toEqual([1, "none"]);
    });

    it("stops within two seconds when cancelled, and resumes where it was", async () => {
      gateFile("closed", true);
      const controller = new AbortController();
      const running = run("gate", { count: 3 }, { signal: controller.signal });
      await until(() => ran().some((line) => line.startsWith("begun")), "a task has begun");
      const before = performance.now();
      controller.abort();
      expect((await running).status).toBe("stopped");
      expect(performance.now() - before).toBeLessThan(msToEnd(2000));
      const pids = ran().flatMap((line) => (line.startsWith("begun") ? [Number(line.split(" ")[2])] : []));
      await until(() => !pids.some((pid) => isAlive(pid)), "its processes are gone");
      gateFile("closed", false);
      await engine.settle?.();
      expect((await resumeRun("gate", options)).status).toBe("done");
      expect(await latest("gate").task("gather").artifact("sum")).toBe(5);
      expect(ran().filter((line) => line === "start")).toHaveLength(1);
    });

    it("resumes a failed run once the code is fixed, and does nothing twice", async () => {
      gateFile("broken", true);
      const failed = await run("gate", { count: 3 });
      expect(failed).toMatchObject({
        status: "failed",
        end: { failed: { step: "work", task: "2", error: { message: "broken" } } },
      });
      gateFile("broken", false);
      const resumed = await resumeRun("gate", options);
      expect(resumed.status).toBe("done");
      expect(await openClient(store).flow("gate").run(resumed.run).task("gather").artifact("sum")).toBe(5);
      const finished = ran().filter((line) => !line.startsWith("begun"));
      expect(finished.sort()).toEqual(["end", "gather", "start", "work 0", "work 1", "work 2"]);
      // Resumed from a step: that one and what comes after it, no other.
      expect((await resumeRun("gate", { ...options, run: resumed.run, step: "gather" })).status).toBe("done");
      const again = ran().filter((line) => !line.startsWith("begun"));
      expect(again.length).toBe(finished.length + 2);
      expect((await latest("gate").tasks("work")).every((task) => task.reusedWhy === "resume")).toBe(true);
    });

    it("reuses cached results only if nothing changed", async () => {
      await run("fanOut", { count: 2 }, { cache: true });
      await run("fanOut", { count: 2 }, { cache: true });
      expect((await latest("fan-out").tasks()).every((task) => task.reusedWhy === "cache")).toBe(true);
      await run("fanOut", { count: 3 }, { cache: true });
      expect((await latest("fan-out").tasks()).some((task) => task.reusedWhy === "cache")).toBe(false);
      await run("fanOut", { count: 3 });
      expect((await latest("fan-out").tasks()).some((task) => task.reusedWhy === "cache")).toBe(false);
    });

    it("reruns a task whose process is killed", async () => {
      gateFile("closed", true);
      const running = run("gate", { count: 2 });
      await until(() => ran().filter((line) => line.startsWith("begun")).length === 2, "both have begun");
      const victim = ran().find((line) => line.startsWith("begun 1"))!;
      process.kill(Number(victim.split(" ")[2]), "SIGKILL");
      await until(
        () => ran().filter((line) => line.startsWith("begun 1")).length === 2,
        "it has begun again",
      );
      gateFile("closed", false);
      expect((await running).status).toBe("done");
      expect(
        ran()
          .filter((line) => line.startsWith("work"))
          .sort(),
      ).toEqual(["work 0", "work 1"]);
    });

    it("does not count a killed process among the retries of a task, whose folder is its own", async () => {
      expect((await run("killedFirst")).status).toBe("done");
      expect(ran()).toEqual(["start 1 700", "start 2 700", "start 3 700"]);
    });

    it("does not rerun a task whose process is killed after it was recorded", async () => {
      expect((await run("killedDone")).status).toBe("done");
      expect(ran()).toEqual(["start"]);
    });

    it("runs no more tasks in parallel than resources allow", async () => {
      expect((await run("greedy")).status).toBe("done");
      expect(ran()).toHaveLength(6);
      let running = 0;
      for (const line of ran()) {
        running += line.startsWith("begin") ? 1 : -1;
        expect(running).toBeLessThanOrEqual(engine.pools ?? 1);
      }
    });

    it("neither kills nor repeats a task that blocks its event loop", async () => {
      expect((await run("blocked", { seconds: 2 })).status).toBe("done");
      expect(ran()).toEqual(["start"]);
    });
  });
}

/** Runs a flow in a command of its own that can be killed. */
export function startCommand(flow: string, parameters: object, store: Store, options: object): ChildProcess {
  const script = `
    const { openStore, runFlow } = await import(${JSON.stringify(new URL(`file://${distPath("workflow/index.js")}`).href)});
    const flows = await import(${JSON.stringify(fixtures)});
    await runFlow(flows[${JSON.stringify(flow)}], ${JSON.stringify(parameters)}, { store: await openStore(${JSON.stringify(store.url)}), ...${JSON.stringify(options)} });`;
  return spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "ignore", "inherit"],
    cwd: fileURLToPath(new URL("../../..", import.meta.url)),
  });
}

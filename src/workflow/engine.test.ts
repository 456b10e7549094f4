/** The engine through its public door, on flows whose tasks run in real processes. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AnyFlow, FolderStore, openClient, type RunEvent, resumeRun, runFlow } from "./index.js";

const flows = (await import(
  /* @vite-ignore */ new URL("./fixtures/flows.mjs", import.meta.url).href
)) as Record<string, AnyFlow>;

let folder: string;
let store: FolderStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "segue-engine-"));
  mkdirSync(join(folder, "out"));
  store = new FolderStore(join(folder, "store"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const parameters = (more: object = {}) => ({ folder: join(folder, "out"), ...more });
const ran = () => {
  try {
    return readFileSync(join(folder, "out", "ran.txt"), "utf8")
      .trim()
      .split("\n");
  } catch {
    return [];
  }
};

describe("the local engine", () => {
  it("runs a foreach and its join, and keeps logs", async () => {
    const events: RunEvent[] = [];
    const result = await runFlow(flows.fanOut!, parameters({ count: 6 }), {
      store,
      maxWorkers: 2,
      listener: (event) => events.push(event),
    });
    expect(result.status).toBe("done");
    const run = openClient(store).flow("fan-out").latestSuccessfulRun;
    expect(await run.artifact("message")).toBe("kept 55");
    expect(ran().sort()).toEqual([0, 1, 2, 3, 4, 5].map((i) => `work ${i}`));
    expect((await run.task("work", 3).logs()).map(({ stream, text }) => [stream, text])).toEqual([
      ["err", "working on 3"],
    ]);
    expect(events.filter((event) => event.type === "task-done")).toHaveLength(9);
  });

  it("runs nested foreach, an empty one too", async () => {
    await runFlow(flows.nested!, parameters(), { store });
    expect(await openClient(store).flow("nested").latestSuccessfulRun.artifact("result")).toEqual([
      "ab:A2B2",
      "c:C1",
      ":",
    ]);
  });

  it("brings branches together, and refuses what is ambiguous", async () => {
    await runFlow(flows.branches!, parameters(), { store });
    const last = openClient(store).flow("branches").latestSuccessfulRun;
    expect(await last.artifact("all")).toEqual([1, "l", "r", 1, 2]);
    expect(await last.artifact("ambiguous")).toMatch(/"both" is ambiguous in step "meet"/);
  });

  it("resumes a failed run with the code put right, doing nothing twice", async () => {
    writeFileSync(join(folder, "out", "broken"), "");
    const failed = await runFlow(flows.gate!, parameters({ count: 3 }), { store, maxWorkers: 2 });
    expect(failed).toMatchObject({
      status: "failed",
      end: { failed: { step: "work", task: "2", error: { message: "broken" } } },
    });
    rmSync(join(folder, "out", "broken"));
    const resumed = await resumeRun("gate", { store });
    expect(resumed.status).toBe("done");
    expect(await openClient(store).flow("gate").run(resumed.run).task("gather").artifact("sum")).toBe(5);
    const finished = ran().filter((line) => !line.startsWith("begun"));
    expect(finished.sort()).toEqual(["end", "gather", "start", "work 0", "work 1", "work 2"]);
  });
});

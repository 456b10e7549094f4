import { describe, expect, it } from "vitest";
import { FolderStore } from "../storage/index.js";
import { folderOfEachTest } from "../system/files/temporary-folder.testkit.js";
import { flow } from "./flow/flow.js";
import { drawFlow, drawRun } from "./picture.js";
import { openClient } from "./records/client.js";
import { keys, recordText } from "./records/records.js";

const begun = flow("drawn", { module: import.meta.url });

it("says why a flow cannot be drawn", () => {
  expect(() => drawFlow(begun)).toThrow(/^flow "drawn" is invalid:\n {2}it has no step/);
  const circle = begun
    .step("start", () => ({}))
    .step("a", { after: "b" as never }, () => ({}))
    .step("b", { after: "a" }, () => ({}));
  expect(() => drawFlow(circle)).toThrow('step "a" can never be reached');
});

describe("of a run", () => {
  const folderIn = folderOfEachTest("picture");
  const sheets = begun
    .step("start", () => ({ items: [1, 2] }))
    .foreach("each", { over: "items" }, () => ({}))
    .join("end", () => ({}));
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
  const run = "20260101-000000-22222";

  it("tells a time where all of a step's tasks have one: when an interrupted task ended, nobody knows", async () => {
    const store = new FolderStore(folderIn());
    const write = (key: string, record: object) => store.put(key, recordText(record));
    const { name, nodes } = sheets;
    await write(keys.run(name, run), {
      flow: name,
      run,
      created: at(0),
      nodes,
      tags: [],
      parameters: {},
      origins: [],
    });
    const done = (step: string, task: string, started: string, finished: string, more = {}) =>
      write(keys.done(name, run, step, task), {
        ...{ flow: name, run, step, task, attempt: "1-a", started, finished, artifacts: {}, ...more },
      });
    const below = async () => {
      const svg = await drawRun(openClient(store).flow(name).run(run));
      return [...svg.matchAll(/class="below"[^>]*>([^<]*)</g)].map(([, text]) => text);
    };
    await done("start", "0", at(1), at(3), { reused: { run: "other", why: "cache" } });
    await done("each", "0", at(3), at(5));
    await write(keys.attempt(name, run, "each", "1", "1-a", "started.json"), {
      started: at(4),
      host: "h",
      pid: 1,
    });
    expect(await below()).toEqual(["reused", "1 of 2 tasks", "waiting"]);
    await done("each", "1", at(4), at(7));
    expect(await below()).toEqual(["reused", "4.00 s · 2 of 2 tasks", "waiting"]);
  });
});

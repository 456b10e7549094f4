import { expect, it } from "vitest";
import { FolderStore } from "../../storage/index.js";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { keys, type RunRecord, recordText } from "./records.js";
import { findTasks } from "./tasks.js";

const at = folderOfEachTest("tasks");

it("takes for the last of two attempts with one number the one that began later", async () => {
  const store = new FolderStore(at());
  const run = { flow: "f", run: "r", nodes: [{ name: "start", kind: "step", after: [] }] };
  // A worker began one and died, the other began the one that took over.
  for (const [attempt, started] of [
    ["1-zzzz", "2026-01-01T00:00:00.000Z"],
    ["1-aaaa", "2026-01-01T00:01:00.000Z"],
  ] as const) {
    const key = keys.attempt("f", "r", "start", "0", attempt, "started.json");
    await store.put(key, recordText({ started, host: "h", pid: 1 }));
  }
  const [task] = await findTasks(store, run as unknown as RunRecord);
  expect(task!.attempts.map((each) => each.attempt)).toEqual(["1-zzzz", "1-aaaa"]);
});

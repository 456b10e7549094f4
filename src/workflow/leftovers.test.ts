import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FolderStore } from "../storage/index.js";
import { endLeftovers } from "./leftovers.js";
import { keys, recordText } from "./records.js";
import { attemptFolder } from "./task-spec.js";

it("removes the folders of killed tasks, also of one that was killed just after it was done", async () => {
  const home = mkdtempSync(join(tmpdir(), "segue-leftovers-"));
  try {
    const store = new FolderStore(home);
    const started = new Date().toISOString();
    const { pid } = spawnSync(process.execPath, ["--version"]);
    const folders = [];
    for (const task of ["0", "1"]) {
      const key = keys.attempt("flow", "leftovers", "work", task, "1-abcd", "started.json");
      await store.put(key, recordText({ started, host: hostname(), pid, born: "1" }));
      const folder = attemptFolder("leftovers", "work", task, "1-abcd");
      mkdirSync(folder, { recursive: true });
      folders.push(folder);
    }
    await store.put(keys.done("flow", "leftovers", "work", "1"), "{}");
    await endLeftovers(store, "flow", "leftovers");
    expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
  } finally {
    rmSync(home, { recursive: true });
  }
});

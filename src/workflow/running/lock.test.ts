import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { FolderStore } from "../../storage/index.js";
import { holderOf, lockRun } from "./lock.js";

afterEach(() => void vi.useRealTimers());

it("is gone once released, even during a renewal", async () => {
  const folder = mkdtempSync(join(tmpdir(), "segue-lock-"));
  try {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const store = new FolderStore(folder);
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    let renewed: Promise<void> | undefined;
    const put = store.put.bind(store);
    store.put = (key, contents) => (renewed = gate.then(() => put(key, contents)));
    const lock = await lockRun(store, "flow", "run");
    vi.advanceTimersByTime(30_000);
    const released = lock.release();
    go();
    await Promise.all([released, renewed]);
    expect(await holderOf(store, "flow", "run")).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("does not fail if the datastore is away when it is released", async () => {
  const folder = mkdtempSync(join(tmpdir(), "segue-lock-"));
  try {
    const store = new FolderStore(folder);
    const lock = await lockRun(store, "flow", "run");
    store.delete = () => Promise.reject(new Error("no answer"));
    await lock.release();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

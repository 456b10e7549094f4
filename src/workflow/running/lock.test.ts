import { readdirSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { FolderStore } from "../../storage/index.js";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { bornOf, thisMachine } from "../../system/index.js";
import { keys, recordText } from "../records/records.js";
import { holderOf, lockRun } from "./lock.js";

const at = folderOfEachTest("lock");

afterEach(() => void vi.useRealTimers());

it("is gone once released, even during a renewal", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const store = new FolderStore(at());
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
});

it("does not fail if the datastore is away when it is released", async () => {
  const store = new FolderStore(at());
  const lock = await lockRun(store, "flow", "run");
  store.delete = () => Promise.reject(new Error("no answer"));
  await lock.release();
});

it("is not left behind if the datastore fails once it is written", async () => {
  const store = new FolderStore(at());
  const list = store.list.bind(store);
  let lists = 0;
  store.list = (prefix) => {
    if (++lists === 2) throw new Error("no answer");
    return list(prefix);
  };
  await expect(lockRun(store, "flow", "run")).rejects.toThrow("no answer");
  await (await lockRun(store, "flow", "run")).release();
});

it.each([
  { where: "on elsewhere", host: "elsewhere", machine: "00000000" },
  // As containers that share the host's name do, each with its own numbers of processes.
  { where: `in another container of ${hostname()}`, host: hostname(), machine: "00000000" },
])(
  "is held by a process $where while its lock is renewed, though no such process is here",
  async ({ where, ...other }) => {
    const store = new FolderStore(at());
    const key = `${keys.locks("flow", "run")}000001.json`;
    await store.put(
      key,
      recordText({ pid: 2 ** 22 + 1, born: "1", ...other, since: "2026-01-31T09:05:07Z" }),
    );
    await expect(lockRun(store, "flow", "run")).rejects.toMatchObject({
      message: expect.stringContaining(where),
      hint: expect.not.stringContaining("kill 4194305"),
    });
    const lately = new Date(Date.now() - 110_000);
    utimesSync(store.localPath(key), lately, lately);
    await expect(lockRun(store, "flow", "run")).rejects.toMatchObject({ code: "run-held" });
    const longAgo = new Date(Date.now() - 121_000);
    utimesSync(store.localPath(key), longAgo, longAgo);
    const lock = await lockRun(store, "flow", "run");
    expect(readdirSync(dirname(store.localPath(key)))).toEqual(["000002.json"]);
    await lock.release();
  },
);

it.skipIf(bornOf(process.pid) === undefined)(
  "is free if its process has ended and another one has its number",
  async () => {
    const store = new FolderStore(at());
    const here = {
      pid: process.pid,
      host: hostname(),
      machine: thisMachine,
      since: "2026-01-31T09:05:07Z",
    };
    const key = `${keys.locks("flow", "run")}000001.json`;
    await store.put(key, recordText({ ...here, born: bornOf(process.pid) }));
    await expect(lockRun(store, "flow", "run")).rejects.toMatchObject({
      hint: expect.stringContaining(`kill ${process.pid}`),
    });
    await store.put(key, recordText({ ...here, born: "1" }));
    await (await lockRun(store, "flow", "run")).release();
  },
);

it("is held by another machine by the clock of the datastore, minutes behind this machine's", async () => {
  const store = new FolderStore(at());
  const list = store.list.bind(store);
  store.list = async function* (prefix) {
    for await (const object of list(prefix)) yield { ...object, modified: object.modified - 180_000 };
  };
  const key = `${keys.locks("flow", "run")}000001.json`;
  await store.put(key, recordText({ pid: 1, host: "elsewhere", since: "2026-01-31T09:05:07Z" }));
  await expect(lockRun(store, "flow", "run")).rejects.toThrow("is held by process 1 on elsewhere");
  expect(readdirSync(dirname(store.localPath(key)))).toEqual(["000001.json"]);
  const longAgo = new Date(Date.now() - 121_000);
  utimesSync(store.localPath(key), longAgo, longAgo);
  await (await lockRun(store, "flow", "run")).release();
});

it("gives way to a command that writes the same lock first, and leaves it that lock", async () => {
  const store = new FolderStore(at());
  const putIfAbsent = store.putIfAbsent.bind(store);
  store.putIfAbsent = async (key, contents) => {
    await store.put(key, recordText({ pid: 1, host: "elsewhere", since: "2026-01-31T09:05:07Z" }));
    return putIfAbsent(key, contents);
  };
  await expect(lockRun(store, "flow", "run")).rejects.toThrow("is held by process 1 on elsewhere");
  expect(await holderOf(store, "flow", "run")).toMatchObject({ pid: 1, host: "elsewhere" });
});

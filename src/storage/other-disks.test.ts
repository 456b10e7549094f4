/** A folder on file systems that lack what those of Linux have: exFAT, network drives. */
import { readFile, writeFile } from "node:fs/promises";
import { beforeEach, expect, it, vi } from "vitest";
import { folderOfEachTest } from "../system/files/temporary-folder.testkit.js";
import { FolderStore } from "./folder.js";

const refused = vi.hoisted(() => ({ code: "EPERM" }));
const refuse = (syscall: string) => () =>
  Promise.reject(Object.assign(new Error(`${refused.code}: ${syscall}`), { code: refused.code, syscall }));
const [link, chmod] = vi.hoisted(() => [vi.fn(), vi.fn()]);
vi.mock("node:fs/promises", async (original) => ({ ...(await original<object>()), link, chmod }));

beforeEach(() => {
  link.mockImplementation(refuse("link"));
  chmod.mockImplementation(refuse("chmod"));
});

const at = folderOfEachTest("disks");

it.each(["EPERM", "ENOTSUP", "ENOSYS"])("says that there are no hard links: %s", async (code) => {
  refused.code = code;
  const store = new FolderStore(at("store"));
  await expect(store.putIfAbsent("runs/a.json", "{}")).rejects.toMatchObject({
    message: `cannot use ${at("store")}: its file system has no hard links`,
    hint: expect.stringContaining("exFAT"),
    code: "disk",
  });
});

it("copies a file where permissions cannot be set", async () => {
  await writeFile(at("table"), "1");
  const store = new FolderStore(at("store"));
  await store.putFile("objects/a", at("table"));
  expect(await readFile(store.localPath("objects/a"), "utf8")).toBe("1");
  expect(chmod).not.toHaveBeenCalled();
});

import { realpathSync } from "node:fs";
import { chmod, mkdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bundlesIn, manifestName } from "../../bundle/bundles-in.js";
import { folderOfTests } from "../../system/files/temporary-folder.testkit.js";
import { bundlePath } from "./bundle-path.js";

const folder = realpathSync(folderOfTests("bundles"));
const at = (...path: string[]) => join(folder, ...path);

async function bundle(name: string, minute: number): Promise<void> {
  await mkdir(at(name), { recursive: true });
  await writeFile(at(name, manifestName), "{}");
  await utimes(at(name, manifestName), 60 * minute, 60 * minute);
}

it("returns the latest bundle of a folder, and none that is being written", async () => {
  await bundle("models/20260102-b", 1);
  await bundle("models/20260101-a", 2);
  await bundle("models/20260103-c.12-ab.tmp", 3);
  await bundle("models/20260101-a.12.old", 3);
  await mkdir(at("models/notes"));
  expect(await bundlesIn(at("models"))).toEqual(["20260101-a", "20260102-b"]);
  expect(await bundlePath(at("models"))).toBe(at("models/20260101-a"));
  expect(await bundlePath(at("models/20260102-b"))).toBe(at("models/20260102-b"));
  // Written in the same moment: the later name.
  await bundle("models/20260102-b", 2);
  expect(await bundlePath(at("models"))).toBe(at("models/20260102-b"));
});

it("follows `current` before it looks for the latest", async () => {
  await bundle("pointed/old", 1);
  await bundle("pointed/new", 2);
  await symlink("old", at("pointed/current"));
  expect(await bundlePath(at("pointed"))).toBe(at("pointed/old"));
});

it("uses no other bundle if `current` leads to none, and says where it leads", async () => {
  await bundle("lost/here", 1);
  const lost = (message: RegExp) =>
    expect(bundlePath(at("lost"))).rejects.toMatchObject({ code: "no-bundle", message });
  await symlink("gone", at("lost/current"));
  await lost(/lost\/current leads to gone, which is not there$/);
  await rm(at("lost/current"));
  await symlink(".", at("lost/current"));
  await lost(/current leads to .*lost, which is not a bundle$/);
  await rm(at("lost/current"));
  for (const [text, message] of [
    ["gone\n", /current names gone, which is not there$/],
    [".", /current names \., which is not a bundle$/],
    ["", /current names no bundle: it is empty$/],
  ] as const) {
    await writeFile(at("lost/current"), text);
    await lost(message);
  }
  await writeFile(at("lost/current"), "\ufeffhere\r\n");
  expect(await bundlePath(at("lost"))).toBe(at("lost/here"));
});

it("says if there is none", async () => {
  await mkdir(at("empty"));
  await expect(bundlePath(at("empty"))).rejects.toMatchObject({ code: "no-bundle", exitCode: 1 });
  await expect(bundlePath(at("nowhere"))).rejects.toThrow("there is no bundle at ");
  expect(await bundlesIn(at("nowhere"))).toEqual([]);
});

/** As a user who is not root, who may read everything. */
async function asNobody(act: () => Promise<void>): Promise<void> {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid!(65_534);
  try {
    await act();
  } finally {
    if (root) process.seteuid!(0);
  }
}

it.skipIf(process.platform === "win32")("says which bundle may not be read", async () => {
  await chmod(folder, 0o755);
  await bundle("closed/new", 2);
  await symlink("closed/new", at("toClosed"));
  await mkdir(at("named"));
  await writeFile(at("named/current"), "../closed/new");
  await chmod(at("closed/new"), 0);
  const failure = (place: string, message: RegExp) =>
    expect(bundlePath(at(place))).rejects.toMatchObject({ name: "SegueError", message });
  await asNobody(async () => {
    await failure("closed/new", /^cannot use .*closed\/new\/manifest\.json: permission denied$/);
    await failure("toClosed", /closed\/new\/manifest\.json: permission denied$/);
    await failure("named", /closed\/new\/manifest\.json: permission denied$/);
    await failure("closed", /closed holds no bundle that this user may read: permission denied for "new"$/);
  });
  // As lost+found, which lies on every disk that was just formatted, and is only root's.
  await bundle("closed/old", 1);
  await asNobody(async () => expect(await bundlePath(at("closed"))).toBe(at("closed/old")));
  await chmod(at("closed"), 0);
  await asNobody(() => failure("closed/old", /permission denied$/));
  await asNobody(() => failure("closed", /permission denied$/));
  await chmod(at("closed"), 0o755);
  await chmod(at("closed/new"), 0o755);
});

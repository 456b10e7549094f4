/** Folders where they can be made, and the true reason where they cannot: on a read-only mount and under /proc. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { explainDiskError, makeFolder, writeFileAtomic } from "../index.js";
import { folderOfTests } from "./temporary-folder.testkit.js";

const folder = folderOfTests("make-folder");

/** What users are told where `path` cannot be made. */
function refusal(path: string): unknown {
  try {
    makeFolder(path);
  } catch (error) {
    return explainDiskError(error);
  }
  throw new Error(`${path} was made`);
}

describe("makeFolder", () => {
  it("makes all missing folders, and keeps existing ones", async () => {
    const deep = join(folder, "a", "b", "c");
    makeFolder(deep);
    await writeFile(join(deep, "kept"), "");
    makeFolder(deep);
    makeFolder(`${deep}/../d/`);
    expect(await readdir(join(folder, "a", "b"))).toEqual(["c", "d"]);
    expect(await readdir(deep)).toEqual(["kept"]);
    makeFolder("/");
    makeFolder(".");
  });

  it("follows links to folders, and refuses other links", async () => {
    await symlink(join(folder, "a"), join(folder, "link"));
    makeFolder(join(folder, "link", "e"));
    expect(existsSync(join(folder, "a", "e"))).toBe(true);
    await writeFile(join(folder, "file"), "");
    await symlink(join(folder, "nowhere"), join(folder, "dangling"));
    for (const name of ["file", "dangling"])
      for (const path of [join(folder, name), join(folder, name, "below")])
        expect(refusal(path)).toMatchObject({
          message: `cannot use ${join(folder, name)}: it is a file, not a folder`,
        });
  });

  it("fails if the file system cannot make folders", async (context) => {
    if (process.platform !== "linux") context.skip();
    expect(refusal("/proc/segue-test/a")).toMatchObject({
      message: "cannot use /proc/segue-test: no folder can be created there",
      hint: "name another place",
    });
    await expect(writeFileAtomic("/proc/segue-test/a.csv", "x")).rejects.toMatchObject({
      message: "cannot use /proc/segue-test/a.csv: no folder can be created there",
    });
  });

  it("says if permission is denied", async (context) => {
    if (process.getuid?.() === 0) context.skip();
    const locked = join(folder, "locked");
    await mkdir(locked);
    await chmod(locked, 0o555);
    expect(refusal(join(locked, "a", "b"))).toMatchObject({
      message: `cannot use ${join(locked, "a")}: permission denied`,
    });
  });

  it("says if a mount is read-only", async (context) => {
    const disk = join(folder, "disk");
    await mkdir(disk);
    const mounted =
      process.platform === "linux" &&
      process.getuid?.() === 0 &&
      spawnSync("mount", ["-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", disk], { stdio: "ignore" }).status ===
        0;
    if (!mounted) {
      console.log("not run: a read-only file system; mounting one takes root on Linux");
      context.skip();
    }
    try {
      makeFolder(disk);
      expect(refusal(join(disk, "a", "b"))).toMatchObject({
        message: `cannot use ${join(disk, "a")}: the file system is read-only`,
      });
      await expect(writeFileAtomic(join(disk, "a", "b"), "x")).rejects.toMatchObject({
        message: `cannot use ${join(disk, "a", "b")}: the file system is read-only`,
      });
    } finally {
      spawnSync("umount", ["-l", disk]);
    }
  });
});

/** Errors of the file system in words; a full disk is tried on a small one, where this user may mount it. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { generateSample } from "../../playlists/index.js";
import { folderOfTests } from "../files/temporary-folder.testkit.js";
import { explainDiskError, ownerMark, SegueError, withDuckDb, writeFileAtomic } from "../index.js";

const folder = folderOfTests("disk");

describe("explainDiskError", () => {
  it("leaves other errors as they are", () => {
    for (const error of [
      new TypeError("x is not a function"),
      new SegueError("said already"),
      Object.assign(new Error("listen EACCES"), { code: "EACCES", syscall: "listen" }),
      Object.assign(new Error("kill EPERM"), { code: "EPERM", syscall: "kill" }),
      Object.assign(new Error("link EEXIST"), { code: "EEXIST", syscall: "link" }),
    ])
      expect(explainDiskError(error)).toBe(error);
  });

  it("explains the system's error, with the path that the user gave", async () => {
    await writeFile(join(folder, "file"), "");
    await mkdir(join(folder, "folder"));
    await expect(writeFileAtomic(join(folder, "folder"), "x")).rejects.toMatchObject({
      name: "SegueError",
      message: `cannot use ${join(folder, "folder")}: it is a folder`,
    });
    await expect(writeFileAtomic(join(folder, "file", "below"), "x")).rejects.toMatchObject({
      name: "SegueError",
      message: expect.stringMatching(/below: (it|a parent in its path) is a file, not a folder/),
    });
    expect(await readdir(folder)).toEqual(["file", "folder"]);
  });

  it.each([
    ["EIO", "the disk or the network drive failed"],
    ["Unknown system error -116", "the network drive has changed underneath"],
    ["Unknown system error -122", "the disk quota is used up"],
  ])("explains %s, of quotas and network drives", (code, what) => {
    const error = Object.assign(new Error(code), { code, syscall: "rename", path: "/a.tmp", dest: "/a" });
    expect(explainDiskError(error)).toMatchObject({ message: `cannot use /a: ${what}` });
  });

  it("names the parent folder instead of a temporary folder in it", async () => {
    const error = await mkdtemp(join(folder, "nowhere", ".prepare-")).catch((caught: unknown) => caught);
    expect(explainDiskError(error)).toMatchObject({
      message: `cannot use ${join(folder, "nowhere")}: there is no such file or folder`,
    });
  });

  it.each([
    [`.own-${ownerMark()}-Ab3_x9`, "data"],
    [`.own-${ownerMark()}-Ab3_x9/rejects.jsonl`, "data"],
    [`vectors.bin.${ownerMark()}-0123abcd.tmp`, "data/vectors.bin"],
  ])("names what the user knows of %s, which a process has for itself", (name, known) => {
    const full = Object.assign(new Error("full"), { code: "ENOSPC", syscall: "write" });
    const message = `cannot use ${join(folder, known)}: the disk is full`;
    expect(explainDiskError(full, join(folder, "data", name))).toMatchObject({ message });
    expect(explainDiskError({ ...full, path: join(folder, "data", name) })).toMatchObject({ message });
  });

  it("explains a file that cannot be replaced, such as one mounted into a container", () => {
    const busy = { code: "EBUSY", syscall: "rename", path: "/out.bin.tmp", dest: "/out.bin" };
    expect(explainDiskError(Object.assign(new Error("EBUSY"), busy))).toMatchObject({
      message: "cannot use /out.bin: it is mounted there, or in use",
    });
  });

  it("recognises errors of DuckDB, too", async () => {
    for (const [text, what] of [
      ["No space left on device", "the disk is full"],
      ["Disk quota exceeded", "the disk quota is used up"],
    ]) {
      const error = new Error(`IO Error: Could not write file "x": ${text}`);
      expect(explainDiskError(error, "/data")).toMatchObject({ message: `cannot use /data: ${what}` });
    }
  });
});

describe("a full disk", () => {
  const canMount = (path: string) =>
    process.platform === "linux" &&
    process.getuid?.() === 0 &&
    spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", path], { stdio: "ignore" }).status === 0;

  it("is reported as such by every writer, and nothing is left", async (context) => {
    const disk = join(folder, "disk");
    await mkdir(disk);
    if (!canMount(disk)) {
      console.log("not run: a full disk; mounting a small one takes root on Linux");
      context.skip();
    }
    try {
      for (const name of ["s.csv", "s.csv.gz"])
        await expect(generateSample({ rows: 300_000, output: join(disk, name) })).rejects.toMatchObject({
          message: `cannot use ${join(disk, name)}: the disk is full`,
        });
      await expect(
        withDuckDb({}, (database) =>
          database.run(`COPY (SELECT md5(i::VARCHAR) FROM range(200000) t(i)) TO '${disk}/t.parquet'`),
        ).catch((error: unknown) => {
          throw explainDiskError(error, disk);
        }),
      ).rejects.toMatchObject({ message: `cannot use ${disk}: the disk is full` });
      expect(existsSync(join(disk, "s.csv"))).toBe(false);
      expect((await readdir(disk)).filter((name) => name.startsWith("s."))).toEqual([]);
    } finally {
      spawnSync("umount", ["-l", disk]);
    }
  });
});

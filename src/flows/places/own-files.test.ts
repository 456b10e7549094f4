import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ownerMark } from "../../system/index.js";
import { withOwnFiles } from "./own-files.js";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "segue-own-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** What a task does: writes, publishes, and reads its artifact later. */
async function task(name: string, text: string): Promise<string> {
  const taskFolder = join(home, name);
  await mkdir(taskFolder);
  const place = join(home, "data", "train.parquet");
  const artifact = await withOwnFiles(place, taskFolder, async (folder, publish) => {
    await writeFile(join(folder, "train.parquet"), text);
    return publish(join(folder, "train.parquet"), place);
  });
  return artifact.path();
}

it("keeps what the task wrote, even if another has replaced the file since", async () => {
  const one = await task("one", "first");
  const two = await task("two", "second");
  expect(await readFile(one, "utf8")).toBe("first");
  expect(await readFile(two, "utf8")).toBe("second");
  expect(await readFile(join(home, "data", "train.parquet"), "utf8")).toBe("second");
  expect(await readdir(join(home, "data"))).toEqual(["train.parquet"]);
});

it("leaves nothing if the work fails", async () => {
  const failed = withOwnFiles(join(home, "data", "x"), home, async (folder) => {
    await writeFile(join(folder, "half"), "");
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
  expect(await readdir(join(home, "data"))).toEqual([]);
});

it("removes what a killed process left, but nothing of a living process or of another machine", async () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  const mark = ownerMark(pid);
  const dead = `.own-${mark}-abc123`;
  const others = [`.own-${ownerMark()}-abc123`, `.own-${mark.replace(/^\w+/, "00000000")}-abc123`];
  for (const name of [dead, ...others]) {
    await mkdir(join(home, "data", name), { recursive: true });
    await writeFile(join(home, "data", name, "half.parquet"), "half");
  }
  await task("next", "whole");
  expect((await readdir(join(home, "data"))).sort()).toEqual([...others, "train.parquet"].sort());
});

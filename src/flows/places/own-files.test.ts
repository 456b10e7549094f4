import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { ownerMark } from "../../system/index.js";
import { withOwnFiles } from "./own-files.js";

const at = folderOfEachTest("own");

/** What a task does: writes, publishes, and reads its artifact later. */
async function task(name: string, text: string): Promise<string> {
  const taskFolder = at(name);
  await mkdir(taskFolder);
  const place = at("data", "train.parquet");
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
  expect(await readFile(at("data", "train.parquet"), "utf8")).toBe("second");
  expect(await readdir(at("data"))).toEqual(["train.parquet"]);
});

it("leaves nothing if the work fails", async () => {
  const failed = withOwnFiles(at("data", "x"), at(), async (folder) => {
    await writeFile(join(folder, "half"), "");
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
  expect(await readdir(at("data"))).toEqual([]);
});

it("removes what a killed process left, but nothing of a living process or of another machine", async () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  const mark = ownerMark(pid);
  const dead = `.own-${mark}-abc123`;
  const others = [`.own-${ownerMark()}-abc123`, `.own-${mark.replace(/^\w+/, "00000000")}-abc123`];
  for (const name of [dead, ...others]) {
    await mkdir(at("data", name), { recursive: true });
    await writeFile(at("data", name, "half.parquet"), "half");
  }
  await task("next", "whole");
  expect((await readdir(at("data"))).sort()).toEqual([...others, "train.parquet"].sort());
});

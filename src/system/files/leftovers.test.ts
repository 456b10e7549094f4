import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { afterEach, expect, it, vi } from "vitest";
import { isUnfinished, ownerMark, temporaryFolder, writeFileAtomic } from "../index.js";
import { folderOfEachTest } from "./temporary-folder.testkit.js";

const { pid: deadPid } = spawnSync(process.execPath, ["--version"]);
const dead = ownerMark(deadPid);
const living = ownerMark();
const elsewhere = dead.replace(/^\w+/, "00000000");

const at = folderOfEachTest("left");
afterEach(() => {
  vi.unstubAllEnvs();
});

it("removes temporary files of killed processes of this machine with the next write beside them", async () => {
  const names = [
    `a.${dead}-0123abcd.tmp`,
    `a.${living}-0123abcd.tmp`,
    `a.${elsewhere}-0123abcd.tmp`,
    "b.tmp",
  ];
  for (const name of names) await writeFile(at(name), "half");
  await writeFileAtomic(at("c"), "whole");
  expect((await readdir(at())).sort()).toEqual([...names.slice(1), "c"].sort());
  expect(names.map(isUnfinished)).toEqual([true, true, true, false]);
});

it.skipIf(!existsSync("/proc/self/stat"))(
  "takes a process that has the number of a killed one for another",
  async () => {
    const child = spawn("sleep", ["60"]);
    try {
      const born = ownerMark(child.pid);
      const earlier = born.replace(/\d+$/, "1");
      expect(earlier).not.toBe(born);
      for (const mark of [born, earlier]) await mkdir(at(`.own-${mark}-abc123`));
      await writeFileAtomic(at("c"), "whole");
      expect((await readdir(at())).sort()).toEqual([`.own-${born}-abc123`, "c"]);
    } finally {
      child.kill();
    }
  },
);

it("removes temporary folders of killed processes, tasks' too, when it makes another", async () => {
  vi.stubEnv("TMPDIR", at());
  const left = [`segue-playlists-${dead}-Ab3_x9`, `segue-20260131-k3f9-train-0.1-${dead}-1-k3f9`];
  const others = [`segue-duckdb-${living}-Ab3_x9`, `segue-bundle-${elsewhere}-Ab3_x9`, "segue-card-Ab3_x9"];
  for (const name of [...left, ...others]) await mkdir(at(name, "inner"), { recursive: true });
  const made = await temporaryFolder("tried");
  expect((await readdir(at())).sort().map((name) => at(name))).toEqual(
    [...others.map((name) => at(name)), made].sort(),
  );
});

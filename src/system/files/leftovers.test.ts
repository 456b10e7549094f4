import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { isUnfinished, ownerMark, temporaryFolder, writeFileAtomic } from "../index.js";

const { pid: deadPid } = spawnSync(process.execPath, ["--version"]);
const dead = ownerMark(deadPid);
const living = ownerMark();
const elsewhere = dead.replace(/^\w+/, "00000000");

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "segue-left-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

it("removes temporary files of killed processes of this machine with the next write beside them", async () => {
  const names = [
    `a.${dead}-0123abcd.tmp`,
    `a.${living}-0123abcd.tmp`,
    `a.${elsewhere}-0123abcd.tmp`,
    "b.tmp",
  ];
  for (const name of names) await writeFile(join(home, name), "half");
  await writeFileAtomic(join(home, "c"), "whole");
  expect((await readdir(home)).sort()).toEqual([...names.slice(1), "c"].sort());
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
      for (const mark of [born, earlier]) await mkdir(join(home, `.own-${mark}-abc123`));
      await writeFileAtomic(join(home, "c"), "whole");
      expect((await readdir(home)).sort()).toEqual([`.own-${born}-abc123`, "c"]);
    } finally {
      child.kill();
    }
  },
);

it("removes temporary folders of killed processes, tasks' too, when it makes another", async () => {
  vi.stubEnv("TMPDIR", home);
  const left = [`segue-playlists-${dead}-Ab3_x9`, `segue-20260131-k3f9-train-0.1-${dead}-1-k3f9`];
  const others = [`segue-duckdb-${living}-Ab3_x9`, `segue-bundle-${elsewhere}-Ab3_x9`, "segue-card-Ab3_x9"];
  for (const name of [...left, ...others]) await mkdir(join(home, name, "inner"), { recursive: true });
  const made = await temporaryFolder("tried");
  expect((await readdir(home)).sort().map((name) => join(home, name))).toEqual(
    [...others.map((name) => join(home, name)), made].sort(),
  );
});

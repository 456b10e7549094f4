import { spawnSync } from "node:child_process";
import { accessSync, constants, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderOfEachTest } from "../files/temporary-folder.testkit.js";
import { cgroupCores, usableCores, usableMemory } from "./machine.js";

const whyNoQuota = canMakeGroups()
  ? availableParallelism() < 2
    ? "a machine of one core has none to take away"
    : undefined
  : "needs control groups of version 1 that this user may write to";
if (whyNoQuota !== undefined) console.log(`a quota of this system skipped: ${whyNoQuota}`);

function canMakeGroups(): boolean {
  try {
    accessSync("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const at = folderOfEachTest("machine");

/** The cores of a process whose groups are `membership`, where these files are mounted. */
function coresWith(membership: string, files: Readonly<Record<string, string>>): number {
  for (const [name, text] of Object.entries(files)) {
    const file = at("mount", name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  writeFileSync(at("membership"), membership);
  return cgroupCores({ mount: at("mount"), membership: at("membership") });
}

describe("the quota of a control group", () => {
  it("is the least one of a group and its ancestors", () => {
    expect(
      coresWith("0::/kube/pod/box\n", {
        "kube/pod/box/cpu.max": "max 100000\n",
        "kube/pod/cpu.max": "150000 100000\n",
        "kube/cpu.max": "800000 100000\n",
      }),
    ).toBe(1.5);
  });

  it("is read at the root if a container does not see its own path", () => {
    expect(coresWith("0::/../../outside\n", { "cpu.max": "200000 100000\n" })).toBe(2);
    expect(coresWith("0::/docker/0123\n", { "cpu.max": "50000 100000\n" })).toBe(0.5);
  });

  it("is read from version 1, with a folder per controller", () => {
    expect(
      coresWith("9:name=systemd:/\n4:memory:/box\n2:cpu,cpuacct:/box\n0::/\n", {
        "cpu/box/cpu.cfs_quota_us": "300000\n",
        "cpu/box/cpu.cfs_period_us": "100000\n",
      }),
    ).toBe(3);
  });

  it.each([
    ["no quota, version 2", "0::/\n", { "cpu.max": "max 100000\n" }],
    ["no quota, version 1", "1:cpu:/\n", { "cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000" }],
    ["no such files", "0::/box\n", {}],
    ["files that say nothing", "0::/\n?\n", { "cpu.max": "" }],
  ])("is none: %s", (_, membership, files) => {
    expect(coresWith(membership, files)).toBe(Number.POSITIVE_INFINITY);
  });

  it("is none without control groups", () => {
    expect(cgroupCores({ membership: at("none") })).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("the resources of this process", () => {
  it("are at most the machine's, and at least one core", () => {
    expect(usableCores()).toBeGreaterThanOrEqual(1);
    expect(usableCores()).toBeLessThanOrEqual(availableParallelism());
    expect(usableMemory()).toBeGreaterThan(0);
    expect(usableMemory()).toBeLessThanOrEqual(totalmem());
  });

  it.skipIf(whyNoQuota !== undefined)("are limited by a quota of this system", () => {
    const group = `/sys/fs/cgroup/cpu/segue-test-${process.pid}`;
    mkdirSync(group);
    try {
      writeFileSync(join(group, "cpu.cfs_quota_us"), "60000");
      const module = JSON.stringify(join(import.meta.dirname, "../../../dist/system/machine/machine.js"));
      const program = `import { usableCores } from ${module}; console.log(usableCores());`;
      const joinAndRun = `echo $$ > ${group}/cgroup.procs && exec "$@"`;
      const { stdout, stderr } = spawnSync(
        "sh",
        ["-c", joinAndRun, "sh", process.execPath, "--input-type=module", "-e", program],
        { encoding: "utf8" },
      );
      expect(stderr).toBe("");
      expect(stdout).toBe("1\n");
    } finally {
      rmdirSync(group);
    }
  });
});

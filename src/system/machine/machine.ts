/**
 * The cores and memory that this process may use. A container sees all of its host's, but is throttled or killed when it exceeds the
 * limits of its control group (cgroup), so these count too. Node 20's `availableParallelism` ignores them.
 */
import { readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";

export interface CgroupPlaces {
  /** Where cgroups are mounted. Default: `/sys/fs/cgroup` */
  readonly mount?: string;
  /** The file that names this process's cgroups. Default: `/proc/self/cgroup` */
  readonly membership?: string;
}

let cores: number | undefined;
let memory: number | undefined;

/** How many threads can run at once, at least 1: the machine's cores, or fewer if an affinity or a quota limits the process. */
export function usableCores(): number {
  cores ??= Math.max(1, Math.min(availableParallelism(), Math.ceil(cgroupCores())));
  return cores;
}

/** Bytes of memory that all processes together may use: the machine's, or the container's limit. */
export function usableMemory(): number {
  // 0 if unknown; without a limit, more than any machine has.
  memory ??= Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return memory;
}

/**
 * The least CPU quota of this process's cgroup and its parents, in cores (1.5 for 150 ms in each 100 ms); infinite if there is none.
 * It is in `cpu.max` in cgroup v2, in two files of the `cpu` controller in v1.
 */
export function cgroupCores({
  mount = "/sys/fs/cgroup",
  membership = "/proc/self/cgroup",
}: CgroupPlaces = {}): number {
  const quotas = (readOrNone(membership) ?? "").split("\n").flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined) return [];
    const groups = withParents(path);
    if (controllers === "") return groups.map((group) => quotaOf(readOrNone(join(mount, group, "cpu.max"))));
    if (!controllers!.split(",").includes("cpu")) return [];
    return groups.map((group) => {
      const [quota, period] = ["quota", "period"].map((name) =>
        readOrNone(join(mount, "cpu", group, `cpu.cfs_${name}_us`)),
      );
      return quotaOf(`${quota} ${period}`);
    });
  });
  return Math.min(Number.POSITIVE_INFINITY, ...quotas);
}

/** "/a/b" → "/a/b", "/a", "/". A container's own group is mounted at the root, whatever the path says. */
function withParents(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "");
  return names.map((_, i) => `/${names.slice(0, names.length - i).join("/")}`).concat("/");
}

/** "150000 100000" → 1.5; "max 100000", "-1 100000" and anything else → infinite. */
function quotaOf(text: string | undefined): number {
  const [quota, period] = (text ?? "").trim().split(/\s+/).map(Number);
  return quota! > 0 && period! > 0 ? quota! / period! : Number.POSITIVE_INFINITY;
}

function readOrNone(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

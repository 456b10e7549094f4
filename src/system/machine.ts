/**
 * What this process may use of the machine. A container sees all of its host's cores and memory, and is slowed down or killed when it
 * uses more than its share; so the limits of its control group count, too. Node asks for them by itself only from 22 on, and only for cores.
 */
import { readFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";

export interface CgroupPlaces {
  /** Where control groups are mounted. Default: `/sys/fs/cgroup` */
  readonly mount?: string;
  /** The file that names this process's groups. Default: `/proc/self/cgroup` */
  readonly membership?: string;
}

let cores: number | undefined;
let memory: number | undefined;

/** How many threads can run at once: the machine's cores, or fewer where the process is bound to some or has a quota (at least 1). */
export function usableCores(): number {
  cores ??= Math.max(1, Math.min(availableParallelism(), Math.ceil(cgroupCores())));
  return cores;
}

/** Bytes of memory that all processes together may hold: the machine's, or the limit of the container. */
export function usableMemory(): number {
  // 0 where Node cannot tell; without a limit, more than any machine has.
  memory ??= Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return memory;
}

/**
 * The quota of processor time of this process's control group and of those around it, in cores (1.5 for 150 ms in each 100 ms); infinite
 * where there is none. Version 2 of control groups has it in `cpu.max`, version 1 in two files of the controller `cpu`.
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

/** "/a/b" → "/a/b", "/a", "/". In a container its own group is mounted at the root, whatever the path says. */
function withParents(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "");
  return names.map((_, i) => `/${names.slice(0, names.length - i).join("/")}`).concat("/");
}

/** "150000 100000" → 1.5; "max 100000", "-1 100000" and what is no quota → infinite. */
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

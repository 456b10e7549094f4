/** The end of processes, and their memory. */
import { readFileSync } from "node:fs";

/** Kills a process and all of its group; no error where it is gone. */
export function killGroup(pid: number): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, "SIGKILL");
      return;
    } catch {
      // No such group: the process alone, then.
    }
  }
}

/** Resident memory of a process in MiB; 0 where that cannot be told. */
export function residentMb(pid: number): number {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
    return Math.round((pages * 4096) / 2 ** 20);
  } catch {
    return 0;
  }
}

/** Signals to processes, and their memory. */
import { readFileSync } from "node:fs";

/** Sends a signal to a process and all of its group; no error where it is gone. */
export function killGroup(pid: number, signal: NodeJS.Signals): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, signal);
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

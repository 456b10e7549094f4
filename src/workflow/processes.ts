/** Telling processes apart: numbers are used again, so a process is its number and when it began. */
import { readFileSync } from "node:fs";

/** When process `pid` began, as the system counts it; undefined where that cannot be told. */
export function bornOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold anything; the 22nd field is the start time.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

/** Whether that very process still runs on this machine. A process that ended and waits to be collected does not run. */
export function isAlive(pid: number, born?: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  if (born === undefined) return true;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[19] === born && fields[0] !== "Z" && fields[0] !== "X";
  } catch {
    return false;
  }
}

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

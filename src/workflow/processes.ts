/** The end of processes, and their memory. */
import { readFileSync } from "node:fs";

/** Kills a process and all of its group; no error where it is gone. */
export function killGroup(pid: number): void {
  // Where there is no such group: the process alone.
  if (!endGroup(pid)) killOne(pid);
}

/** Kills what is left of the group that a process leads, or led. @returns whether there was any */
export const endGroup = (pid: number): boolean => killOne(-pid);

function killOne(target: number): boolean {
  try {
    process.kill(target, "SIGKILL");
    return true;
  } catch {
    return false;
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

/** Kills processes, and measures their memory. */
import { readFileSync } from "node:fs";

/** Kills a process and its whole group; no error if it is gone. */
export function killGroup(pid: number): void {
  // Without such a group, kills the process alone.
  if (!endGroup(pid)) killOne(pid);
}

/** Kills the rest of the group that a process leads, or led. @returns whether there was any */
export const endGroup = (pid: number): boolean => killOne(-pid);

function killOne(target: number): boolean {
  try {
    process.kill(target, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}

/** Resident memory of a process in MiB; 0 if unknown. */
export function residentMb(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

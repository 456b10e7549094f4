/** Processes: identified by number and start time, because numbers are reused; their flags and exit codes. */
import { readFileSync } from "node:fs";
import { constants } from "node:os";

/** What a command exits with if a signal stopped it, as shells have it: 130 for SIGINT, 143 for SIGTERM. */
export const exitCodeOf = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

/** State and start time of a process; undefined if unknown, as where there is no /proc. */
function statOf(pid: number): { readonly state: string; readonly born: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold anything. The fields after it start with the 3rd, the state; the 22nd is the start time.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0]!, born: fields[19]! };
  } catch {
    return undefined;
  }
}

/** When process `pid` started, in clock ticks since boot; undefined if unknown. */
export function bornOf(pid: number): string | undefined {
  return statOf(pid)?.born;
}

/**
 * Whether a process is running on this machine. A zombie is not.
 *
 * @param born its start time, to rule out another process with the same number; default: any
 */
export function isAlive(pid: number, born?: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const stat = statOf(pid);
  if (stat === undefined) return born === undefined;
  return stat.state !== "Z" && stat.state !== "X" && (born === undefined || stat.born === born);
}

/** The Node flags that child processes inherit: memory limits, but not others (--inspect, --eval). */
export function memoryFlags(): string[] {
  return process.execArgv.filter((flag) => flag.startsWith("--max-"));
}

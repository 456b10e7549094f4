/** Telling processes apart: numbers are used again, so a process is its number and when it began. */
import { readFileSync } from "node:fs";

/** What the system says of a process; undefined where that cannot be told. */
function statOf(pid: number): { readonly state: string; readonly born: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold anything; after it come the 3rd field, the state, and the others, the 22nd the start time.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0]!, born: fields[19]! };
  } catch {
    return undefined;
  }
}

/** When process `pid` began, as the system counts it; undefined where that cannot be told. */
export function bornOf(pid: number): string | undefined {
  return statOf(pid)?.born;
}

/**
 * Whether a process runs on this machine: that very one where `born` says when it began. One that has ended and waits for its parent to
 * notice (a zombie) does not run.
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

/** Node's flags for a process that works for this one: limits of memory are meant for the work, others (--inspect, --eval) are not. */
export function memoryFlags(): string[] {
  return process.execArgv.filter((flag) => flag.startsWith("--max-"));
}

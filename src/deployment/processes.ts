/** Ends a process that may not be a child of this one, and makes sure that it has ended. */
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

const lookEvery = 20;

/** Whether a process runs. One that has ended and waits for its parent to notice (a zombie) does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  try {
    // "pid (name) state …"; the name may hold anything, so the state is what follows the last bracket.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat[stat.lastIndexOf(")") + 2] !== "Z";
  } catch {
    return true;
  }
}

/** Asks a process to end (SIGTERM) and ends it and its group where it has not after `milliseconds`. */
export async function endProcess(pid: number, milliseconds: number): Promise<void> {
  if (!isRunning(pid)) return;
  send(pid, "SIGTERM");
  if (await hasEnded(pid, milliseconds)) return;
  send(-pid, "SIGKILL");
  send(pid, "SIGKILL");
  await hasEnded(pid, 5_000);
}

async function hasEnded(pid: number, milliseconds: number): Promise<boolean> {
  const end = performance.now() + milliseconds;
  while (isRunning(pid)) {
    if (performance.now() > end) return false;
    await wait(lookEvery);
  }
  return true;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in the meantime.
  }
}

/** Ends a process that need not be a child of this one. */
import { setTimeout as wait } from "node:timers/promises";
import { isAlive } from "../system/index.js";

const lookEvery = 20;

/** Sends SIGTERM, and kills the process and its group if it has not ended after `milliseconds`. Resolves when it has ended. */
export async function endProcess(pid: number, milliseconds: number): Promise<void> {
  if (!isAlive(pid)) return;
  send(pid, "SIGTERM");
  if (await hasEnded(pid, milliseconds)) return;
  send(-pid, "SIGKILL");
  send(pid, "SIGKILL");
  await hasEnded(pid, 5_000);
}

async function hasEnded(pid: number, milliseconds: number): Promise<boolean> {
  const end = performance.now() + milliseconds;
  while (isAlive(pid)) {
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

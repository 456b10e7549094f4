/**
 * One command a run. The lock is a file with a rising number: who finds the holder of the highest number dead takes the next
 * one, and of two who try, only one can write it. A holder on another machine is taken for dead when its lock has not been
 * renewed for two minutes.
 */
import { hostname } from "node:os";
import type { Store } from "../storage/index.js";
import { bornOf, isAlive, SegueError } from "../system/index.js";
import { readSoundRecord } from "./read-record.js";
import { keys, recordText } from "./records.js";

interface Holder {
  /** "worker": it walks the run for a command that may be gone. */
  readonly role?: "worker";
  readonly pid: number;
  readonly born?: string;
  readonly host: string;
  readonly since: string;
}

/** Of a lock that is damaged: whoever lives renews theirs, and the next holder removes it. */
const nobody: Holder = { pid: 0, host: "", since: "" };

const renewEvery = 30_000;
const deadAfter = 120_000;

export interface RunLock {
  release(): Promise<void>;
}

interface Found extends Holder {
  readonly key: string;
  readonly generation: number;
  readonly alive: boolean;
}

async function holders(store: Store, flow: string, run: string): Promise<Found[]> {
  const found: Found[] = [];
  for await (const { key, modified } of store.list(keys.locks(flow, run))) {
    let isDamaged = false;
    const holder = await readSoundRecord<Holder>(store, key, () => {
      isDamaged = true;
    });
    const generation = Number(/(\d+)\.json$/.exec(key)?.[1] ?? 0);
    if (isDamaged) found.push({ ...nobody, key, generation, alive: false });
    if (!holder) continue;
    const alive =
      holder.host === hostname() ? isAlive(holder.pid, holder.born) : Date.now() - modified < deadAfter;
    found.push({ ...holder, key, generation, alive });
  }
  return found;
}

/** Who holds a run at the moment; of a command and a worker, the command. */
export async function holderOf(store: Store, flow: string, run: string): Promise<Holder | undefined> {
  const alive = (await holders(store, flow, run)).filter((holder) => holder.alive);
  return alive.find((holder) => holder.role !== "worker") ?? alive[0];
}

/**
 * Says that this process walks a run, for as long as it does: the run is then seen to be running though its command is gone.
 * Of several workers that follow upon one another, the last one's word stands.
 */
export async function holdAsWorker(store: Store, flow: string, run: string): Promise<RunLock> {
  return hold(store, `${keys.locks(flow, run)}worker.json`, { ...me(), role: "worker" });
}

function me(): Holder {
  return {
    pid: process.pid,
    born: bornOf(process.pid),
    host: hostname(),
    since: new Date().toISOString(),
  };
}

/** Writes the holder down again and again, so that other machines see that it lives. */
async function hold(store: Store, key: string, holder: Holder): Promise<RunLock> {
  let writing = Promise.resolve();
  const write = () => {
    writing = store.put(key, recordText(holder)).catch(() => {});
    return writing;
  };
  if (holder.role === "worker") await write();
  const renew = setInterval(() => void write(), renewEvery).unref();
  return {
    async release() {
      clearInterval(renew);
      // One that is on its way would bring the lock back.
      await writing;
      await store.delete(key);
    },
  };
}

/** @throws SegueError naming the holder, where somebody else holds the run */
export async function lockRun(store: Store, flow: string, run: string): Promise<RunLock> {
  const holder = me();
  const before = await holders(store, flow, run);
  refuseIfHeld(before, flow, run);
  const generation = Math.max(0, ...before.map((holder) => holder.generation)) + 1;
  const key = `${keys.locks(flow, run)}${String(generation).padStart(6, "0")}.json`;
  const mine = await store.putIfAbsent(key, recordText(holder));
  // Somebody may have come between our looking and our writing; then both see it, and we step back.
  const after = (await holders(store, flow, run)).filter((holder) => !mine || holder.key !== key);
  if (!mine || after.some((holder) => holder.alive)) {
    if (mine) await store.delete(key);
    refuseIfHeld(after, flow, run);
    throw new SegueError(`run ${flow}/${run} has just been taken by another command`, { code: "run-held" });
  }
  for (const dead of after) await store.delete(dead.key);
  return hold(store, key, holder);
}

function refuseIfHeld(found: readonly Found[], flow: string, run: string): void {
  const holder = found.find((each) => each.alive);
  if (holder) throw heldBy(holder, flow, run);
}

/** The error for a run that somebody else holds. */
export function heldBy({ pid, host, since }: Holder, flow: string, run: string): SegueError {
  const where = host === hostname() ? "" : ` on ${host}`;
  return new SegueError(`run ${flow}/${run} is held by process ${pid}${where} since ${since}`, {
    hint: `wait for it, or stop it first: kill ${pid}`,
    code: "run-held",
  });
}

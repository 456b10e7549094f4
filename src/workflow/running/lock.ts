/**
 * At most one command per run. The lock is a file with an increasing number: a command that finds all holders dead takes the next
 * number, and of two that try, only one can create the file. A holder on another machine, or in another container, counts as
 * dead if its lock has not been renewed for two minutes.
 */
import { hostname } from "node:os";
import type { Store, StoredObject } from "../../storage/index.js";
import { bornOf, isAlive, SegueError, thisMachine } from "../../system/index.js";
import { readSoundRecord } from "../records/read-record.js";
import { keys, recordText } from "../records/records.js";

interface Holder {
  /** "worker": it runs the flow for a command that may be gone. */
  readonly role?: "worker";
  readonly pid: number;
  readonly born?: string;
  readonly host: string;
  /** Tells containers apart that share a host name; locks of earlier versions have none. */
  readonly machine?: string;
  readonly since: string;
}

/** Whether the holder's process number is one of those that this process sees. */
const isHere = ({ host, machine = thisMachine }: Holder) => host === hostname() && machine === thisMachine;

/** The holder of a damaged lock: a living one would renew it, and the next holder removes it. */
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

/**
 * @param own a lock that this process has just written, which is left out: its time is the datastore's, whose clock may differ from this
 *   machine's by more than a lock lives
 */
async function holders(store: Store, flow: string, run: string, own?: string): Promise<Found[]> {
  const locks: StoredObject[] = [];
  for await (const lock of store.list(keys.locks(flow, run))) locks.push(lock);
  const now = locks.find(({ key }) => key === own)?.modified ?? Date.now();
  const found: Found[] = [];
  for (const { key, modified } of locks) {
    if (key === own) continue;
    let isDamaged = false;
    const holder = await readSoundRecord<Holder>(store, key, () => {
      isDamaged = true;
    });
    const generation = Number(/(\d+)\.json$/.exec(key)?.[1] ?? 0);
    if (isDamaged) found.push({ ...nobody, key, generation, alive: false });
    if (!holder) continue;
    const alive = isHere(holder) ? isAlive(holder.pid, holder.born) : now - modified < deadAfter;
    found.push({ ...holder, key, generation, alive });
  }
  return found;
}

/** Who holds a run at the moment; if both a command and a worker do, the command. */
export async function holderOf(store: Store, flow: string, run: string): Promise<Holder | undefined> {
  const alive = (await holders(store, flow, run)).filter((holder) => holder.alive);
  return alive.find((holder) => holder.role !== "worker") ?? alive[0];
}

/**
 * Marks a run as running in this worker, so that it counts as running even if its command is gone. A later worker overwrites the
 * mark.
 */
export async function holdAsWorker(store: Store, flow: string, run: string): Promise<RunLock> {
  return hold(store, `${keys.locks(flow, run)}worker.json`, { ...me(), role: "worker" });
}

function me(): Holder {
  return {
    pid: process.pid,
    born: bornOf(process.pid),
    host: hostname(),
    machine: thisMachine,
    since: new Date().toISOString(),
  };
}

/** Renews a lock periodically, so that other machines see that its holder is alive. */
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
      // A write in progress would bring the lock back.
      await writing;
      // A failure must not hide how the run ended. The lock of a process that has ended does not count.
      await store.delete(key).catch(() => {});
    },
  };
}

/** Locks a run for this command. @throws SegueError (code "run-held") naming the holder, if another process holds the run */
export async function lockRun(store: Store, flow: string, run: string): Promise<RunLock> {
  const holder = me();
  const before = await holders(store, flow, run);
  refuseIfHeld(before, flow, run);
  const generation = Math.max(0, ...before.map((holder) => holder.generation)) + 1;
  const key = `${keys.locks(flow, run)}${String(generation).padStart(6, "0")}.json`;
  const mine = await store.putIfAbsent(key, recordText(holder));
  try {
    // Another command may have written its lock between our check and our write; both then see it, and this one gives up.
    const after = await holders(store, flow, run, mine ? key : undefined);
    refuseIfHeld(after, flow, run);
    if (!mine)
      throw new SegueError(`run ${flow}/${run} has just been taken by another command`, { code: "run-held" });
    for (const dead of after) await store.delete(dead.key);
  } catch (error) {
    // Else it would hold the run as long as this process lives.
    if (mine) await store.delete(key).catch(() => {});
    throw error;
  }
  return hold(store, key, holder);
}

function refuseIfHeld(found: readonly Found[], flow: string, run: string): void {
  const holder = found.find((each) => each.alive);
  if (holder) throw heldBy(holder, flow, run);
}

/** The error for a run that somebody else holds. */
export function heldBy(holder: Holder, flow: string, run: string): SegueError {
  const { pid, host, since } = holder;
  const where =
    host !== hostname() ? ` on ${host}` : isHere(holder) ? "" : ` in another container of ${host}`;
  const hint = isHere(holder)
    ? `wait for it, or stop it first: kill ${pid}`
    : `wait for it, or stop it there; if it was killed, the run is free ${deadAfter / 60_000} minutes later`;
  return new SegueError(`run ${flow}/${run} is held by process ${pid}${where} since ${since}`, {
    hint,
    code: "run-held",
  });
}

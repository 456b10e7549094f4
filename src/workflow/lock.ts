/**
 * One command a run. The lock is a file with a rising number: who finds the holder of the highest number dead takes the next
 * one, and of two who try, only one can write it. A holder on another machine is taken for dead when its lock has not been
 * renewed for two minutes.
 */
import { hostname } from "node:os";
import type { Store } from "../storage/index.js";
import { SegueError } from "../system/index.js";
import { bornOf, isAlive } from "./processes.js";
import { keys, readRecord, recordText } from "./records.js";

interface Holder {
  readonly pid: number;
  readonly born?: string;
  readonly host: string;
  readonly since: string;
}

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
    const holder = await readRecord<Holder>(store, key);
    if (!holder) continue;
    const alive =
      holder.host === hostname() ? isAlive(holder.pid, holder.born) : Date.now() - modified < deadAfter;
    found.push({ ...holder, key, generation: Number(/(\d+)\.json$/.exec(key)?.[1]), alive });
  }
  return found;
}

/** Who holds a run at the moment. */
export async function holderOf(store: Store, flow: string, run: string): Promise<Holder | undefined> {
  return (await holders(store, flow, run)).find((holder) => holder.alive);
}

/** @throws SegueError naming the holder, where somebody else holds the run */
export async function lockRun(store: Store, flow: string, run: string): Promise<RunLock> {
  const me: Holder = {
    pid: process.pid,
    born: bornOf(process.pid),
    host: hostname(),
    since: new Date().toISOString(),
  };
  const before = await holders(store, flow, run);
  refuseIfHeld(before, flow, run);
  const generation = Math.max(0, ...before.map((holder) => holder.generation)) + 1;
  const key = `${keys.locks(flow, run)}${String(generation).padStart(6, "0")}.json`;
  const mine = await store.putIfAbsent(key, recordText(me));
  // Somebody may have come between our looking and our writing; then both see it, and we step back.
  const after = (await holders(store, flow, run)).filter((holder) => !mine || holder.key !== key);
  if (!mine || after.some((holder) => holder.alive)) {
    if (mine) await store.delete(key);
    refuseIfHeld(after, flow, run);
    throw new SegueError(`run ${flow}/${run} has just been taken by another command`, { code: "run-held" });
  }
  for (const dead of after) await store.delete(dead.key);
  const renew = setInterval(() => void store.put(key, recordText(me)).catch(() => {}), renewEvery).unref();
  return {
    async release() {
      clearInterval(renew);
      await store.delete(key);
    },
  };
}

function refuseIfHeld(found: readonly Found[], flow: string, run: string): void {
  const holder = found.find((each) => each.alive);
  if (!holder) return;
  const where = holder.host === hostname() ? "" : ` on ${holder.host}`;
  throw new SegueError(`run ${flow}/${run} is held by process ${holder.pid}${where} since ${holder.since}`, {
    hint: `wait for it, or stop it first: kill ${holder.pid}`,
    code: "run-held",
  });
}

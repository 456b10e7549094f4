/** Removing what no kept run needs: old runs, and the objects that only they used. */
import { rm } from "node:fs/promises";
import { FolderStore, requireStore, type Store } from "../storage/index.js";
import { isSegueError, requireOptions, SegueError, trueOrFalse, wholeNumber } from "../system/index.js";
import { copyFolder } from "./artifacts/materialize.js";
import { type FolderManifest, objectKey } from "./artifacts/ref.js";
import { lockRun, type RunLock } from "./lock.js";
import { readSoundRecord, sayOnce } from "./read-record.js";
import { type DoneRecord, keys, type RunRecord, runOfKey } from "./records.js";
import { type RunSummary, readRuns } from "./runs.js";

export interface GcOptions {
  /**
   * How many runs of each flow are kept: the newest. Kept besides: runs that are running, of each flow the latest that is done, and
   * what a kept run resumes or reads.
   */
  readonly keep: number;
  /** Only tells what would be removed. */
  readonly dryRun?: boolean;
}

export interface GcResult {
  readonly removedRuns: readonly string[];
  readonly removedObjects: number;
  readonly freedBytes: number;
  readonly keptRuns: number;
  /** What is damaged of kept runs, so that it cannot be told what they use: all objects are left then. */
  readonly damaged: readonly SegueError[];
}

/** While a run is running, objects younger than this are left: a task may have stored them and not said so yet. */
const youngMs = 60 * 60 * 1000;

/**
 * Removes runs first and objects last, so that a run that can still be seen never misses an artifact. Where a record of a kept run is
 * damaged, no object goes, nor a run that it may have taken tasks over from: an older one of its flow.
 *
 * @throws SegueError (misuse) where `keep` is not a whole number ≥ 1, or for an option that there is not
 */
export async function collectGarbage(store: Store, options: GcOptions): Promise<GcResult> {
  requireStore(store, "collectGarbage");
  requireOptions(options, { keep: wholeNumber(1), dryRun: trueOrFalse }, "collectGarbage", ["keep"]);
  const { dryRun = false } = options;
  const began = dryRun ? Date.now() : await timeOf(store);
  const { runs: all, damaged } = await readRuns(store);
  damaged.forEach(sayOnce);
  const isBusy = all.some((run) => run.status === "running");
  const damage: Damage = new Map();
  const kept = await keptRuns(store, all, options.keep, damage);
  for (const name of await unlistedRuns(store, all)) {
    kept.add(name);
    await keepTakenOver(store, name, all, kept, damage);
  }
  const removable = all.map(({ flow, run }) => `${flow}/${run}`).filter((name) => !kept.has(name));
  const locks = dryRun ? [] : await holdOrKeep(store, removable, kept);
  try {
    const needed = await neededObjects(store, kept, damage);
    for (const error of damage.values()) sayOnce(error);
    const removedRuns = removable.filter((name) => !kept.has(name));
    if (!dryRun) await removeRuns(store, removedRuns, kept);
    let removedObjects = 0;
    let freedBytes = 0;
    const young = began - (isBusy ? youngMs : 0);
    if (damage.size === 0)
      for await (const { key, size, modified } of store.list("objects/")) {
        if (needed.has(key) || modified >= young) continue;
        removedObjects++;
        freedBytes += size;
        // At once: what a task stores again meanwhile is young when its turn comes.
        if (!dryRun) await removeObject(store, key);
      }
    if (!dryRun && store instanceof FolderStore) await store.sweepUnfinished(began - youngMs);
    return { removedRuns, removedObjects, freedBytes, keptRuns: kept.size, damaged: [...damage.values()] };
  } finally {
    for (const lock of locks) await lock.release();
  }
}

/** What time it is by the clock that the datastore's own times are of. */
async function timeOf(store: Store): Promise<number> {
  const key = "index/clock";
  await store.put(key, "");
  let now = Date.now();
  for await (const { modified } of store.list(key)) now = modified;
  await store.delete(key);
  return now;
}

/** Holds runs that are to be removed, so that nobody resumes them meanwhile; keeps those that somebody has begun to resume. */
async function holdOrKeep(store: Store, names: readonly string[], kept: Set<string>): Promise<RunLock[]> {
  const locks: RunLock[] = [];
  for (const name of names) {
    const [flow, run] = name.split("/") as [string, string];
    try {
      locks.push(await lockRun(store, flow, run));
    } catch (error) {
      if (!isSegueError(error) || error.code !== "run-held") throw error;
      kept.add(name);
    }
  }
  return locks;
}

async function removeRuns(store: Store, names: readonly string[], kept: ReadonlySet<string>): Promise<void> {
  for (const name of names) {
    const [flow, run] = name.split("/") as [string, string];
    // The record goes first: without it, the run is no longer seen.
    await store.delete(keys.run(flow, run));
    await removeRest(store, flow, run);
  }
  await removeHalfRemoved(store);
  await dropCache(store, kept);
}

async function removeRest(store: Store, flow: string, run: string): Promise<void> {
  await store.delete(keys.end(flow, run));
  for (const prefix of [keys.tasks(flow, run), keys.locks(flow, run)]) await deleteAll(store, prefix);
}

/** Removes what is left of runs whose removal was broken off: they have no record any more. */
async function removeHalfRemoved(store: Store): Promise<void> {
  const left = new Set<string>();
  for await (const { key } of store.list("tasks/")) left.add(key.split("/").slice(1, 3).join("/"));
  for await (const { key } of store.list("runs/")) {
    const of = runOfKey(key);
    if (of?.isEnd) left.add(`${of.flow}/${of.run}`);
  }
  for (const name of left) {
    const [flow, run] = name.split("/") as [string, string];
    // A run that begins writes its record before all else of these.
    if (!(await store.exists(keys.run(flow, run)))) await removeRest(store, flow, run);
  }
}

/** Removes an object, and the copy of it that was made to be read: another one is made where it is asked for. */
async function removeObject(store: Store, key: string): Promise<void> {
  await store.delete(key);
  const sha = key.split("/").slice(1).join("");
  await rm(copyFolder(store, sha), { recursive: true, force: true });
}

/** Those whose own record is damaged: what is left of them is their owner's to remove. */
async function unlistedRuns(store: Store, listed: readonly RunSummary[]): Promise<string[]> {
  const names = new Set(listed.map(({ flow, run }) => `${flow}/${run}`));
  const found: string[] = [];
  for await (const { key } of store.list("runs/")) {
    const of = runOfKey(key);
    if (of === undefined || of.isEnd) continue;
    const name = `${of.flow}/${of.run}`;
    if (!names.has(name)) found.push(name);
  }
  return found;
}

/**
 * @param all newest first
 * @param damage gets what is damaged, by key
 */
async function keptRuns(
  store: Store,
  all: readonly RunSummary[],
  keep: number,
  damage: Damage,
): Promise<Set<string>> {
  const kept = new Set<string>();
  const counts = new Map<string, number>();
  const haveDone = new Set<string>();
  for (const { flow, run, status, sources } of all) {
    const count = counts.get(flow) ?? 0;
    const isLatestDone = status === "done" && !haveDone.has(flow);
    if (isLatestDone) haveDone.add(flow);
    if (status !== "running" && count >= keep && !isLatestDone) continue;
    counts.set(flow, count + 1);
    kept.add(`${flow}/${run}`);
    for (const [source, id] of Object.entries(sources ?? {})) kept.add(`${source}/${id}`);
    // Logs and cards of tasks that were taken over lie with the run in which they ran.
    const record = await readSoundRecord<RunRecord>(store, keys.run(flow, run));
    for (const origin of record?.origins ?? []) kept.add(`${flow}/${origin.run}`);
    await keepTakenOver(store, `${flow}/${run}`, all, kept, damage);
  }
  return kept;
}

/** Keeps the runs in which the tasks of one ran that it took over; all of its flow where a damaged record may tell of any of them. */
async function keepTakenOver(
  store: Store,
  name: string,
  all: readonly RunSummary[],
  kept: Set<string>,
  damage: Damage,
): Promise<void> {
  const [flow, run] = name.split("/") as [string, string];
  for await (const { key } of store.list(keys.tasks(flow, run))) {
    if (!key.endsWith("/done.json")) continue;
    const from = (await readNeeded<DoneRecord>(store, key, damage))?.reused?.run;
    if (from !== undefined) kept.add(`${flow}/${from}`);
    if (damage.has(key)) for (const other of all) if (other.flow === flow) kept.add(`${flow}/${other.run}`);
  }
}

async function neededObjects(store: Store, kept: ReadonlySet<string>, damage: Damage): Promise<Set<string>> {
  const needed = new Set<string>();
  for (const name of kept) {
    const [flow, run] = name.split("/") as [string, string];
    for await (const { key } of store.list(keys.tasks(flow, run))) {
      if (!key.endsWith("/done.json")) continue;
      const record = await readNeeded<DoneRecord>(store, key, damage);
      for (const ref of Object.values(record?.artifacts ?? {})) {
        if (needed.has(objectKey(ref.sha))) continue;
        needed.add(objectKey(ref.sha));
        if (ref.kind !== "folder") continue;
        const manifest = await readNeeded<FolderManifest>(store, objectKey(ref.sha), damage);
        for (const file of manifest?.files ?? []) needed.add(objectKey(file.sha));
      }
    }
  }
  return needed;
}

/** Why records of kept runs cannot be read, by their keys. */
type Damage = Map<string, SegueError>;

/** A record that says what a kept run uses; undefined where there is none, and where it is damaged, which `damage` gets. */
async function readNeeded<T>(store: Store, key: string, damage: Damage): Promise<T | undefined> {
  return readSoundRecord<T>(store, key, ({ message, hint, code }) => {
    const left = `${message}; what its run uses cannot be told, so no object is removed`;
    damage.set(key, new SegueError(left, { hint, code }));
  });
}

/** Forgets results that the cache knows of runs that are gone. */
async function dropCache(store: Store, kept: ReadonlySet<string>): Promise<void> {
  for await (const { key } of store.list("cache/")) {
    const entry = await readSoundRecord<{ flow: string; run: string }>(store, key, () => {});
    if (!entry || !kept.has(`${entry.flow}/${entry.run}`)) await store.delete(key);
  }
}

async function deleteAll(store: Store, prefix: string): Promise<void> {
  const found: string[] = [];
  for await (const { key } of store.list(prefix)) found.push(key);
  for (const key of found) await store.delete(key);
}

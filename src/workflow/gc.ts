/** Garbage collection: removes old runs, and the objects that only they used. */
import { rm } from "node:fs/promises";
import { FolderStore, requireStore, type Store } from "../storage/index.js";
import { isSegueError, requireOptions, SegueError, trueOrFalse, wholeNumber } from "../system/index.js";
import { copyFolder } from "./artifacts/materialize.js";
import { type ArtifactRef, type FolderManifest, objectKey } from "./artifacts/ref.js";
import { readSoundRecord, sayOnce } from "./records/read-record.js";
import { type DoneRecord, keys, type RunRecord, runOfKey } from "./records/records.js";
import { type RunSummary, readRuns } from "./records/runs.js";
import { lockRun, type RunLock } from "./running/lock.js";

export interface GcOptions {
  /**
   * How many of each flow's newest runs to keep, at least 1. Also kept: running runs, each flow's latest successful run, and the
   * runs that a kept run resumes or reads.
   */
  readonly keep: number;
  /** Only reports what would be removed. Default false. */
  readonly dryRun?: boolean;
}

export interface GcResult {
  readonly removedRuns: readonly string[];
  readonly removedObjects: number;
  readonly freedBytes: number;
  readonly keptRuns: number;
  /** Damaged records of kept runs. If there are any, it is unknown what those runs use, so no object is removed. */
  readonly damaged: readonly SegueError[];
}

/** While a run is running, objects younger than this are kept: a task may have stored them without publishing its record yet. */
const youngMs = 60 * 60 * 1000;

/**
 * Removes runs first and objects last, so that a listed run never lacks an artifact. If a record of a kept run is damaged, no
 * object is removed, nor any run of its flow, from which it may have reused tasks.
 *
 * @throws SegueError (misuse) if `keep` is not a whole number ≥ 1, or an option is unknown
 */
export async function collectGarbage(store: Store, options: GcOptions): Promise<GcResult> {
  requireStore(store, "collectGarbage");
  requireOptions(options, { keep: wholeNumber(1), dryRun: trueOrFalse }, "collectGarbage", ["keep"]);
  const { dryRun = false } = options;
  const began = dryRun ? Date.now() : await timeOf(store);
  const { runs: all, damaged } = await readRuns(store);
  damaged.forEach(sayOnce);
  const isBusy = all.some((run) => run.status === "running");
  const uses = new Uses(store);
  const kept = await keptRuns(store, all, options.keep, uses);
  for (const name of await unlistedRuns(store, all)) {
    kept.add(name);
    await keepTakenOver(name, all, kept, uses);
  }
  const removable = all.map(({ flow, run }) => `${flow}/${run}`).filter((name) => !kept.has(name));
  const locks: RunLock[] = [];
  try {
    if (!dryRun) await holdOrKeep(store, removable, kept, locks);
    for (const name of kept) await uses.add(name);
    const unknown = [...uses.damaged.values()];
    unknown.forEach(sayOnce);
    const removedRuns = removable.filter((name) => !kept.has(name));
    if (!dryRun) await removeRuns(store, removedRuns, kept);
    let removedObjects = 0;
    let freedBytes = 0;
    const young = began - (isBusy ? youngMs : 0);
    if (unknown.length === 0)
      for await (const { key, size, modified } of store.list("objects/")) {
        if (uses.objects.has(key) || modified >= young) continue;
        removedObjects++;
        freedBytes += size;
        // Removed while listing: an object that a task stores again in the meantime is listed as young.
        if (!dryRun) await removeObject(store, key);
      }
    if (!dryRun && store instanceof FolderStore) await store.sweepUnfinished(began - youngMs);
    return { removedRuns, removedObjects, freedBytes, keptRuns: kept.size, damaged: unknown };
  } finally {
    for (const lock of locks) await lock.release();
  }
}

/** The time by the datastore's clock, which may differ from this machine's. */
async function timeOf(store: Store): Promise<number> {
  const key = "index/clock";
  await store.put(key, "");
  let now = Date.now();
  for await (const { modified } of store.list(key)) now = modified;
  await store.delete(key);
  return now;
}

/**
 * Locks the runs to be removed, so that nobody resumes them meanwhile; keeps those that are already being resumed.
 *
 * @param locks gets each lock as soon as it is taken, so that the caller releases those that precede a failure
 */
async function holdOrKeep(
  store: Store,
  names: readonly string[],
  kept: Set<string>,
  locks: RunLock[],
): Promise<void> {
  for (const name of names) {
    const [flow, run] = name.split("/") as [string, string];
    try {
      locks.push(await lockRun(store, flow, run));
    } catch (error) {
      if (!isSegueError(error) || error.code !== "run-held") throw error;
      kept.add(name);
    }
  }
}

async function removeRuns(store: Store, names: readonly string[], kept: ReadonlySet<string>): Promise<void> {
  for (const name of names) {
    const [flow, run] = name.split("/") as [string, string];
    // The record goes first: without it, the run is no longer listed.
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

/** Removes the rest of runs whose removal was interrupted: they no longer have a record. */
async function removeHalfRemoved(store: Store): Promise<void> {
  const left = new Set<string>();
  for await (const { key } of store.list("tasks/")) left.add(key.split("/").slice(1, 3).join("/"));
  for await (const { key } of store.list("runs/")) {
    const of = runOfKey(key);
    if (of?.isEnd) left.add(`${of.flow}/${of.run}`);
  }
  for (const name of left) {
    const [flow, run] = name.split("/") as [string, string];
    // A new run writes its record before any of these files.
    if (!(await store.exists(keys.run(flow, run)))) await removeRest(store, flow, run);
  }
}

/** Removes an object, and its readable copy, which is made again when needed. */
async function removeObject(store: Store, key: string): Promise<void> {
  await store.delete(key);
  const sha = key.split("/").slice(1).join("");
  await rm(copyFolder(store, sha), { recursive: true, force: true });
}

/** Runs whose own record is damaged: they are kept, for their owner to remove. */
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

/** @param all newest first */
async function keptRuns(
  store: Store,
  all: readonly RunSummary[],
  keep: number,
  uses: Uses,
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
    // The logs and cards of reused tasks are with the run in which they ran.
    const record = await readSoundRecord<RunRecord>(store, keys.run(flow, run));
    for (const origin of record?.origins ?? []) kept.add(`${flow}/${origin.run}`);
    await keepTakenOver(`${flow}/${run}`, all, kept, uses);
  }
  return kept;
}

/** Keeps the runs whose tasks the given run reused; if one of its records is damaged, all runs of its flow. */
async function keepTakenOver(
  name: string,
  all: readonly RunSummary[],
  kept: Set<string>,
  uses: Uses,
): Promise<void> {
  for (const reused of await uses.add(name)) kept.add(reused);
  const [flow, run] = name.split("/") as [string, string];
  const isDamaged = [...uses.damaged.keys()].some((key) => key.startsWith(keys.tasks(flow, run)));
  if (isDamaged) for (const other of all) if (other.flow === flow) kept.add(`${flow}/${other.run}`);
}

/** What the kept runs use. Each of their records is read once. */
class Uses {
  /** The keys of objects. */
  readonly objects = new Set<string>();
  /** The errors of damaged records, by key. */
  readonly damaged = new Map<string, SegueError>();
  readonly #store: Store;
  readonly #known = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Notes what a run's done-records use, those that are new since it was last noted. @returns the runs whose tasks they reused */
  async add(name: string): Promise<string[]> {
    const [flow, run] = name.split("/") as [string, string];
    const reused: string[] = [];
    for await (const { key } of this.#store.list(keys.tasks(flow, run))) {
      if (!key.endsWith("/done.json") || this.#known.has(key)) continue;
      this.#known.add(key);
      const record = await this.#read<DoneRecord>(key);
      if (record?.reused) reused.push(`${flow}/${record.reused.run}`);
      for (const ref of Object.values(record?.artifacts ?? {})) await this.#addObject(ref);
    }
    return reused;
  }

  async #addObject({ sha, kind }: ArtifactRef): Promise<void> {
    const key = objectKey(sha);
    if (this.objects.has(key)) return;
    this.objects.add(key);
    const manifest = kind === "folder" ? await this.#read<FolderManifest>(key) : undefined;
    for (const file of manifest?.files ?? []) this.objects.add(objectKey(file.sha));
  }

  /** Undefined if there is no such record, or it is damaged, which is noted. */
  #read<T>(key: string): Promise<T | undefined> {
    return readSoundRecord<T>(this.#store, key, ({ message, hint, code }) => {
      const left = `${message}; what its run uses is unknown, so no object is removed`;
      this.damaged.set(key, new SegueError(left, { hint, code }));
    });
  }
}

/** Removes the cache entries of runs that are gone. */
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

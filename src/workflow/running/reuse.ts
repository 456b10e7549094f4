/** Reuses done-records: of the runs that a run resumes, and of the cache. */
import { hash } from "node:crypto";
import type { Store } from "../../storage/index.js";
import { type FolderManifest, objectKey } from "../artifacts/ref.js";
import { readRecord, readSoundRecord } from "../records/read-record.js";
import { type DoneRecord, keys, type RunRecord, recordText } from "../records/records.js";
import { withoutItems } from "../task/foreach-items.js";
import type { ReadyTask } from "./walk.js";

interface CacheEntry {
  readonly flow: string;
  readonly run: string;
  readonly step: string;
  readonly task: string;
}

export class Reuse {
  readonly #store: Store;
  readonly #run: RunRecord;
  readonly #cache: boolean;

  constructor(store: Store, run: RunRecord, cache: boolean) {
    this.#store = store;
    this.#run = run;
    this.#cache = cache;
  }

  /** A done-record for the task if it need not run; published in this run before it is returned. */
  async find(ready: ReadyTask): Promise<DoneRecord | undefined> {
    const { flow, run, origins } = this.#run;
    const own = await this.published(ready);
    if (own) return own;
    for (const origin of origins) {
      if (origin.rerun.includes(ready.step)) break;
      const record = await this.#read(origin.run, ready);
      // Different inputs mean that an earlier step ran again with another result.
      if (record && record.inputs === ready.inputs && isEnough(record, ready))
        return this.#take(record, "resume");
    }
    // Steps to be rerun must not come from the cache either.
    if (origins[0]?.rerun.includes(ready.step)) return undefined;
    if (!this.#cache || ready.node.cache === false) return undefined;
    const entry = await readSoundRecord<CacheEntry>(this.#store, keys.cache(this.#cacheKey(ready)), doneAnew);
    if (!entry || (entry.flow === flow && entry.run === run)) return undefined;
    const record = await readSoundRecord<DoneRecord>(
      this.#store,
      keys.done(entry.flow, entry.run, entry.step, entry.task),
      doneAnew,
    );
    if (!record || !isEnough(record, ready) || !(await this.#isComplete(record))) return undefined;
    return this.#take(record, "cache");
  }

  /** The record that the task has already published in this run: its process may have died before it could report it. */
  published(ready: ReadyTask): Promise<DoneRecord | undefined> {
    return this.#read(this.#run.run, ready);
  }

  /** Adds a record to the cache for later runs. */
  async note(ready: ReadyTask, record: DoneRecord): Promise<void> {
    if (ready.node.cache === false || record.caught) return;
    const { flow, run, step, task } = record;
    await this.#store.put(
      keys.cache(this.#cacheKey(ready)),
      recordText({ flow, run, step, task } satisfies CacheEntry),
    );
  }

  async #read(run: string, ready: ReadyTask): Promise<DoneRecord | undefined> {
    return readSoundRecord<DoneRecord>(
      this.#store,
      keys.done(this.#run.flow, run, ready.step, ready.task),
      doneAnew,
    );
  }

  async #take(record: DoneRecord, why: "resume" | "cache"): Promise<DoneRecord> {
    const taken: DoneRecord = {
      ...record,
      run: this.#run.run,
      reused: { run: record.reused?.run ?? record.run, why },
    };
    const key = keys.done(this.#run.flow, this.#run.run, record.step, record.task);
    if (await this.#store.putIfAbsent(key, recordText(taken))) return taken;
    return (await readRecord<DoneRecord>(this.#store, key))!;
  }

  /** Whether all its objects exist. Touches them, so that a `segue gc` that is removing the source run keeps them. */
  async #isComplete(record: DoneRecord): Promise<boolean> {
    for (const ref of Object.values(record.artifacts)) {
      if (!(await this.#isThere(ref.sha))) return false;
      if (ref.kind !== "folder") continue;
      const manifest = await readSoundRecord<FolderManifest>(this.#store, objectKey(ref.sha), doneAnew);
      if (manifest === undefined) return false;
      for (const { sha } of manifest.files) if (!(await this.#isThere(sha))) return false;
    }
    return true;
  }

  async #isThere(sha: string): Promise<boolean> {
    const key = objectKey(sha);
    return (await this.#store.touch(key)) || this.#store.exists(key);
  }

  #cacheKey(ready: ReadyTask): string {
    const { flow, code, parameters } = this.#run;
    return hash("sha256", JSON.stringify([flow, code, parameters, ready.step, ready.inputs]));
  }
}

/** A damaged record is ignored silently: its task just runs again. */
const doneAnew = () => {};

/** Whether it has the lists that the flow, which may have changed since, iterates over next. */
const isEnough = (record: DoneRecord, ready: ReadyTask) =>
  withoutItems(ready.toCome, record.artifacts) === undefined;

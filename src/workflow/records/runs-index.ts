/**
 * Caches the summaries of ended runs in one object per flow, so that listing a thousand runs reads a handful of objects instead of
 * two thousand. An entry is valid only while the run's end record is the one it was made from; everything else is read from the
 * records. So the index may be deleted at any time, and concurrent writes are harmless.
 */
import type { Store } from "../../storage/index.js";
import { recordText } from "./records.js";
import type { RunSummary } from "./runs.js";

interface Entry {
  /** Size and time of the end record. */
  readonly end: string;
  readonly summary: RunSummary;
}

interface IndexRecord {
  readonly version: 1;
  readonly runs: Readonly<Record<string, Entry>>;
}

/** How many new entries make it worth writing the index. */
const worthWriting = 20;

const keyOf = (flow: string) => `index/runs/${flow}.json`;

export class RunsIndex {
  readonly #store: Store;
  readonly #flow: string;
  readonly #runs: Map<string, Entry>;
  #added = 0;

  private constructor(store: Store, flow: string, runs: Map<string, Entry>) {
    this.#store = store;
    this.#flow = flow;
    this.#runs = runs;
  }

  static async open(store: Store, flow: string): Promise<RunsIndex> {
    const runs = new Map<string, Entry>();
    try {
      const bytes = await store.get(keyOf(flow));
      const record =
        bytes === undefined ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as IndexRecord);
      if (record?.version === 1)
        for (const [run, entry] of Object.entries(record.runs))
          if (entry.summary.run === run) runs.set(run, entry);
    } catch {
      // An unreadable index is ignored; the next one replaces it.
    }
    return new RunsIndex(store, flow, runs);
  }

  /** @param end size and time of the run's end record as it is now */
  find(run: string, end: string): RunSummary | undefined {
    const entry = this.#runs.get(run);
    return entry?.end === end ? entry.summary : undefined;
  }

  add(end: string, summary: RunSummary): void {
    this.#runs.set(summary.run, { end, summary });
    this.#added++;
  }

  /** Writes the index if enough was added. Entries of runs that are not in `known`, all runs of the flow, are dropped. */
  async save(known: ReadonlySet<string>): Promise<void> {
    if (this.#added < worthWriting) return;
    for (const run of this.#runs.keys()) if (!known.has(run)) this.#runs.delete(run);
    const record: IndexRecord = { version: 1, runs: Object.fromEntries(this.#runs) };
    // Listing must also work with a read-only datastore.
    await this.#store.put(keyOf(this.#flow), recordText(record)).catch(() => {});
  }
}

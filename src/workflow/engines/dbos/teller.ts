/** Reports what workers do with a run, from the records and logs that they write. Each record is read once. */
import type { Store } from "../../../storage/index.js";
import { readRecord } from "../../records/read-record.js";
import { type DoneRecord, type FailedRecord, keys, type RunRecord } from "../../records/records.js";
import type { RunListener } from "../../running/events.js";
import { Walk } from "../../running/walk.js";
import { parsePrinted } from "../../task/task-log.js";

/** How many records are read at once. */
const together = 32;

export class Teller {
  readonly #store: Store;
  readonly #run: RunRecord;
  readonly #listener: RunListener;
  readonly #seen = new Set<string>();
  /** By key of a log: its size when last listed, and how many of its lines have been reported. */
  readonly #sizes = new Map<string, number>();
  readonly #lines = new Map<string, number>();
  readonly #walk: Walk;
  /** Done, but not reported yet: a listing may show a task before the one that it follows. */
  #pending: DoneRecord[] = [];

  constructor(store: Store, run: RunRecord, listener: RunListener) {
    this.#store = store;
    this.#run = run;
    this.#listener = listener;
    this.#walk = new Walk(run.nodes);
    this.#known([this.#walk.start().step]);
  }

  /** Reads the new records and reports them. */
  async look(): Promise<void> {
    const read: (() => Promise<void>)[] = [];
    for await (const { key, size } of this.#store.list(keys.tasks(this.#run.flow, this.#run.run))) {
      if (this.#seen.has(key)) continue;
      const [step, task, attempt, file] = key.split("/").slice(3) as [string, string, string, string?];
      if (attempt === "done.json")
        read.push(async () => {
          const record = await readRecord<DoneRecord>(this.#store, key);
          // The log may have grown since it was listed.
          if (record) await this.#tellLog(step, task, record.attempt);
          if (record) this.#pending.push(record);
          this.#seen.add(key);
        });
      else if (file === "started.json") {
        this.#seen.add(key);
        this.#listener({ type: "task-started", step, task, attempt: Number.parseInt(attempt, 10) });
      } else if (file === "failed.json")
        read.push(async () => {
          const failed = await readRecord<FailedRecord>(this.#store, key);
          await this.#tellLog(step, task, attempt);
          if (failed)
            this.#listener({
              type: "task-log",
              step,
              task,
              stream: "err",
              line: `attempt ${Number.parseInt(attempt, 10)} failed: ${failed.error.message}`,
            });
          this.#seen.add(key);
        });
      else if (file === "log" && this.#sizes.get(key) !== size) {
        this.#sizes.set(key, size);
        read.push(() => this.#tellLog(step, task, attempt));
      }
    }
    for (let i = 0; i < read.length; i += together)
      await Promise.all(read.slice(i, i + together).map((each) => each()));
    this.#tellDone();
  }

  /** Reports the lines of an attempt's log that are new. */
  async #tellLog(step: string, task: string, attempt: string): Promise<void> {
    const key = keys.attempt(this.#run.flow, this.#run.run, step, task, attempt, "log");
    const lines = parsePrinted(new TextDecoder().decode(await this.#store.get(key)));
    const told = this.#lines.get(key) ?? 0;
    this.#lines.set(key, Math.max(told, lines.length));
    for (const { stream, text: line } of lines.slice(told))
      this.#listener({ type: "task-log", step, task, stream, line });
  }

  #tellDone(): void {
    for (;;) {
      const next = this.#pending.findIndex((record) => this.#walk.gave(record));
      if (next < 0) return;
      const [record] = this.#pending.splice(next, 1) as [DoneRecord];
      this.#listener({ type: "task-done", record });
      this.#known(this.#walk.finish(record, record).map((task) => task.step));
    }
  }

  #known(steps: readonly string[]): void {
    for (const step of new Set(steps))
      this.#listener({ type: "step-known", step, tasks: this.#walk.known(step) });
  }
}

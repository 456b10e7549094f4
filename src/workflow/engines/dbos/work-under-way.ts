/** What a worker has under way: the tasks that it runs, the processes they run in, and the runs that it walks. */
import { DBOS } from "@dbos-inc/dbos-sdk";
import { remembered } from "../../../system/index.js";
import { Places } from "../places.js";
import { Pool } from "../pool.js";

/** Milliseconds that DBOS may take to begin a workflow, or to record what it came to. */
const patience = 5000;

export class WorkUnderWay {
  /** The slots of this machine. */
  readonly places: Places;
  readonly log: (line: string) => void;
  readonly #pools = new Map<string, Pool>();
  readonly #tasks = new Map<string, AbortController>();
  /** The workflows whose functions run here. */
  readonly #running = new Set<{ readonly id: string }>();
  /** When workflows that should run here were first found not to, in milliseconds. */
  #missingSince: ReadonlyMap<string, number> = new Map();
  #isLeaving = false;

  /** @param maxWorkers the slots of this worker */
  constructor(maxWorkers: number, log: (line: string) => void) {
    this.places = new Places(maxWorkers);
    this.log = log;
  }

  /** The pool for tasks of this version of the code. */
  poolFor(code: string): Pool {
    return remembered(this.#pools, code, () => {
      // Processes with older code are of no more use.
      for (const old of this.#pools.values()) old.retire();
      return new Pool();
    });
  }

  /** A signal that is aborted when the workflow is cancelled or the worker stops. */
  signalFor(id: string): { signal: AbortSignal; release(): void } {
    const controller = new AbortController();
    this.#tasks.set(id, controller);
    return { signal: controller.signal, release: () => this.#tasks.delete(id) };
  }

  /** Notes that a workflow's function runs here, until the returned function is called. */
  running(id: string): () => void {
    const entry = { id };
    this.#running.add(entry);
    return () => this.#running.delete(entry);
  }

  /**
   * Which workflows DBOS has dropped here though they are not over. It does so at an error of the database that it does not retry,
   * such as one of a server that is read-only during a failover.
   *
   * @param pending all that are in this worker's name in the database
   * @param now milliseconds, from `performance.now()`
   */
  dropped(pending: readonly string[], now: number): string[] {
    const running = new Set([...this.#running].map(({ id }) => id));
    const missing = pending.filter((id) => !running.has(id));
    this.#missingSince = new Map(missing.map((id) => [id, this.#missingSince.get(id) ?? now]));
    return missing.filter((id) => now - this.#missingSince.get(id)! >= patience);
  }

  /** Whether the worker is shutting down, so that its tasks are killed. */
  isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Aborts all tasks at once, since another worker has taken them over. */
  giveUp(): void {
    this.#isLeaving = true;
    for (const controller of this.#tasks.values()) controller.abort();
  }

  /** Aborts the tasks that have been cancelled. */
  async stopCancelled(): Promise<void> {
    if (this.#tasks.size === 0) return;
    const cancelled = await DBOS.listWorkflows({
      workflowIDs: [...this.#tasks.keys()],
      status: "CANCELLED",
      loadInput: false,
      loadOutput: false,
    });
    for (const { workflowID } of cancelled) {
      this.log(`${workflowID} is cancelled`);
      this.#tasks.get(workflowID)?.abort();
    }
  }

  /** Ends the processes. @returns whether anything was unfinished: it stays in this worker's name, for others to take over */
  async close(): Promise<boolean> {
    this.#isLeaving = true;
    const isUnfinished = this.#running.size > 0;
    for (const pool of this.#pools.values()) await pool.close();
    return isUnfinished;
  }
}

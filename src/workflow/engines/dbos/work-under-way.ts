/** What a worker has under way: the tasks that it runs, the processes they run in, and the runs that it walks. */
import { DBOS } from "@dbos-inc/dbos-sdk";
import { remembered } from "../../../system/index.js";
import { Places } from "../places.js";
import { Pool } from "../pool.js";
import type { TaskContext } from "./workflows.js";

export class WorkUnderWay implements TaskContext {
  readonly places: Places;
  readonly log: (line: string) => void;
  readonly #pools = new Map<string, Pool>();
  readonly #tasks = new Map<string, AbortController>();
  #walks = 0;
  #isLeaving = false;

  /** @param maxWorkers the slots of this worker */
  constructor(maxWorkers: number, log: (line: string) => void) {
    this.places = new Places(maxWorkers);
    this.log = log;
  }

  poolFor(code: string): Pool {
    return remembered(this.#pools, code, () => {
      // Processes with older code are of no more use.
      for (const old of this.#pools.values()) old.retire();
      return new Pool();
    });
  }

  signalFor(id: string): { signal: AbortSignal; release(): void } {
    const controller = new AbortController();
    this.#tasks.set(id, controller);
    return { signal: controller.signal, release: () => this.#tasks.delete(id) };
  }

  walking(): () => void {
    this.#walks++;
    return () => this.#walks--;
  }

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
    const isUnfinished = this.#tasks.size > 0 || this.#walks > 0;
    for (const pool of this.#pools.values()) await pool.close();
    return isUnfinished;
  }
}

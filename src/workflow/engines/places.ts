/** The slots of one machine: limits how many tasks run at once, by the resources that their steps request. */
import { usableMemory } from "../../system/index.js";
import type { Resources } from "../flow/graph.js";

export class Places {
  /** The number of slots; a task takes one, or as many as its `resources.cpus`. */
  readonly total: number;
  /** How much memory all tasks together may request, in MiB. */
  readonly memory: number;
  #taken = 0;
  #takenMemory = 0;
  readonly #waiting: (() => boolean)[] = [];

  constructor(total: number, memory = usableMemory() / 2 ** 20) {
    this.total = total;
    this.memory = memory;
  }

  /**
   * Takes slots if they are free and nobody waits for them. A task that requests more than there are takes all, and so runs alone.
   *
   * @returns what gives them back; undefined if they are not free
   */
  tryTake(resources: Resources | undefined): (() => void) | undefined {
    return this.#waiting.length === 0 ? this.#takeFree(resources) : undefined;
  }

  #takeFree(resources: Resources | undefined): (() => void) | undefined {
    const cpus = Math.min(resources?.cpus ?? 1, this.total);
    const memory = Math.min(resources?.memory ?? 0, this.memory);
    if (this.#taken + cpus > this.total || this.#takenMemory + memory > this.memory) return undefined;
    this.#taken += cpus;
    this.#takenMemory += memory;
    let isBack = false;
    return () => {
      if (isBack) return;
      isBack = true;
      this.#taken -= cpus;
      this.#takenMemory -= memory;
      this.#serveWaiting();
    };
  }

  #serveWaiting(): void {
    while (this.#waiting.length > 0 && this.#waiting[0]!()) this.#waiting.shift();
  }

  /** Waits for slots: first come, first served, so that a task that needs many does not starve. */
  async take(resources: Resources | undefined, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const now = this.tryTake(resources);
    if (now) return now;
    return new Promise((resolve, reject) => {
      const attempt = () => {
        const taken = this.#takeFree(resources);
        if (!taken) return false;
        signal.removeEventListener("abort", onAbort);
        resolve(taken);
        return true;
      };
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(attempt), 1);
        reject(signal.reason);
        // It may have been what those behind it waited for.
        this.#serveWaiting();
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(attempt);
    });
  }

  /** A note if a step requests more than this machine has; else undefined. */
  excess(step: string, resources: Resources | undefined): string | undefined {
    const asks = [
      ...((resources?.cpus ?? 1) > this.total ? [`${resources!.cpus} slots (of ${this.total})`] : []),
      ...((resources?.memory ?? 0) > this.memory
        ? [`${resources!.memory} MiB (of ${Math.floor(this.memory)})`]
        : []),
    ];
    return asks.length === 0
      ? undefined
      : `step "${step}" requests ${asks.join(" and ")}: its tasks run one at a time here`;
  }
}

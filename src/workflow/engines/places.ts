/** The places of one machine: how many tasks run at once, by what their steps ask for. */
import { usableMemory } from "../../system/index.js";
import type { Resources } from "../graph.js";

export class Places {
  /** Places in all; a task takes one, or as many as its `resources.cpus`. */
  readonly total: number;
  /** MiB that tasks may ask for together. */
  readonly memory: number;
  #taken = 0;
  #takenMemory = 0;
  readonly #waiting: (() => boolean)[] = [];

  constructor(total: number, memory = usableMemory() / 2 ** 20) {
    this.total = total;
    this.memory = memory;
  }

  /**
   * Takes places if they are free and nobody waits for them; what is returned gives them back. A task that asks for more than
   * there is takes all, and so runs by itself.
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
      while (this.#waiting.length > 0 && this.#waiting[0]!()) this.#waiting.shift();
    };
  }

  /** Waits for places: first come, first served, so that a task that needs many is not passed over for ever. */
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
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(attempt);
    });
  }

  /** What a step asks for beyond what there is here; undefined where it can be had. */
  excess(step: string, resources: Resources | undefined): string | undefined {
    const asks = [
      ...((resources?.cpus ?? 1) > this.total ? [`${resources!.cpus} places of ${this.total}`] : []),
      ...((resources?.memory ?? 0) > this.memory
        ? [`${resources!.memory} MiB of ${Math.floor(this.memory)}`]
        : []),
    ];
    return asks.length === 0
      ? undefined
      : `step "${step}" asks for ${asks.join(" and ")}: its tasks run one at a time here`;
  }
}

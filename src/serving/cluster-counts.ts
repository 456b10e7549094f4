/**
 * What the workers of a cluster have counted, in all. Prometheus takes a counter that goes down for one that began anew, and what is in it
 * for new: so what a worker that has died had counted when it was last asked stays in the sum.
 */
import { setTimeout as wait } from "node:timers/promises";
import { AggregatorRegistry, type Registry } from "prom-client";

export type Counts = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;

/** A worker that has not answered by then, in milliseconds, is counted as it was before. */
const patience = 2_000;

export class ClusterCounts<Worker> {
  readonly #ask: (worker: Worker) => Promise<Counts>;
  /** What each that lives told last. */
  readonly #told = new Map<Worker, Counts>();
  /** Of all that have died. */
  #left: Counts = [];

  /** @param ask what a worker has counted; where that fails it is counted as it was before */
  constructor(ask: (worker: Worker) => Promise<Counts>) {
    this.#ask = ask;
  }

  /** The sum of all, in Prometheus's text format. */
  async gather(workers: readonly Worker[]): Promise<string> {
    await Promise.all(
      workers.map(async (worker) => {
        const told = this.#ask(worker).catch(() => undefined);
        const counts = await Promise.race([told, wait(patience, undefined, { ref: false })]);
        if (counts !== undefined) this.#told.set(worker, counts);
      }),
    );
    return AggregatorRegistry.aggregate([...this.#told.values(), this.#left]).metrics();
  }

  /** To be called when a worker has died. Of a gauge nothing is left. */
  leave(worker: Worker): void {
    // It is text, which prom-client's types call a number.
    const counted = (this.#told.get(worker) ?? []).filter(({ type }) => String(type) !== "gauge");
    this.#told.delete(worker);
    this.#left = AggregatorRegistry.aggregate([this.#left, counted]).getMetricsAsArray() as Counts;
  }
}

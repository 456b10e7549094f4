/**
 * Sums the metrics of a cluster's workers. Prometheus takes a decreasing counter for a restart, and counts its value as new. So the sum
 * keeps the last known counts of workers that have died.
 */
import { setTimeout as wait } from "node:timers/promises";
import { AggregatorRegistry, type Registry } from "prom-client";

export type Counts = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;

/** Milliseconds to wait for a worker's counts; after that, its last known ones are used. */
const patience = 2_000;

export class ClusterCounts<Worker> {
  readonly #ask: (worker: Worker) => Promise<Counts>;
  /** The last known counts of each live worker. */
  readonly #told = new Map<Worker, Counts>();
  /** The sum over dead workers. */
  #left: Counts = [];

  /** @param ask gets a worker's counts; if it fails, the last known ones are used */
  constructor(ask: (worker: Worker) => Promise<Counts>) {
    this.#ask = ask;
  }

  /** The sum over all workers, in Prometheus's text format. */
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

  /** To be called when a worker has died. Its gauges are dropped. */
  leave(worker: Worker): void {
    // `type` is a string, though prom-client's types say it is a number.
    const counted = (this.#told.get(worker) ?? []).filter(({ type }) => String(type) !== "gauge");
    this.#told.delete(worker);
    this.#left = AggregatorRegistry.aggregate([this.#left, counted]).getMetricsAsArray() as Counts;
  }
}

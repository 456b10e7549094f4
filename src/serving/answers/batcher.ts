/**
 * Micro-batching: requests that arrive in the same turn of the event loop are ranked by one call if the recommender reads its
 * matrices once per call. No request waits for a batch to fill. If a recommender gains nothing from a batch (`oneByOne`), each request
 * gets its own turn, so that none waits for those after it. Work that cannot be batched gets its own turn for the same reason.
 */
import {
  type Context,
  type Ranking,
  type Recommender,
  requireRankings,
} from "../../recommenders/contract.js";
import { threadHolds } from "./question.js";

interface Waiting {
  readonly context: Context;
  readonly k: number;
  readonly resolve: (ranking: Ranking) => void;
  readonly reject: (error: unknown) => void;
}

export class Batcher {
  readonly #waiting = new Map<Recommender, Waiting[]>();
  readonly #alone: Array<() => void> = [];
  readonly #largest: number;
  readonly #onBatch: (size: number) => void;
  #scheduled = false;

  /**
   * @param onBatch called with the number of contexts of each call
   * @param largest the most contexts per call; the rest waits for the next turn
   */
  constructor(onBatch: (size: number) => void = () => {}, largest = threadHolds) {
    this.#onBatch = onBatch;
    this.#largest = largest;
  }

  /** Ranks k tracks for one context, as `recommender.recommend([context], k)` would. */
  rank(recommender: Recommender, context: Context, k: number): Promise<Ranking> {
    return new Promise((resolve, reject) => {
      const queue = this.#waiting.get(recommender);
      const entry = { context, k, resolve, reject };
      if (queue === undefined) this.#waiting.set(recommender, [entry]);
      else queue.push(entry);
      this.#schedule();
    });
  }

  /** Runs work that cannot be batched in its own turn. */
  alone<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#alone.push(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    for (const [recommender, queue] of this.#waiting) {
      const batch = queue.splice(0, recommender.oneByOne ? 1 : this.#largest);
      if (queue.length === 0) this.#waiting.delete(recommender);
      this.#onBatch(batch.length);
      const k = batch.reduce((most, entry) => Math.max(most, entry.k), 1);
      try {
        const rankings = recommender.recommend(
          batch.map((entry) => entry.context),
          k,
        );
        requireRankings(rankings, batch.length, recommender.name);
        batch.forEach((entry, i) => {
          entry.resolve(firstOf(rankings[i]!, entry.k));
        });
      } catch (error) {
        for (const entry of batch) entry.reject(error);
      }
    }
    this.#alone.shift()?.();
    if (this.#waiting.size + this.#alone.length > 0) this.#schedule();
  }
}

function firstOf(ranking: Ranking, k: number): Ranking {
  if (ranking.tracks.length <= k) return ranking;
  return { tracks: ranking.tracks.slice(0, k), scores: ranking.scores.subarray(0, k) };
}

/** Answers many contexts at once: the same fitted recommender in several worker threads, each restored from its state. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Catalogue } from "../corpus/index.js";
import { besideUrl, SegueError } from "../system/index.js";
import type { Context, FittedRecommender, Ranking } from "./contract.js";

export interface ParallelRecommender {
  readonly name: string;
  /** How many calls of `recommend` are worked on at the same time. */
  readonly lanes: number;
  /** As `Recommender.recommend`; the answers are the same. */
  recommend(contexts: readonly Context[], k: number): Promise<Ranking[]>;
  /** Ends the threads; calls that are under way fail. */
  close(): Promise<void>;
}

export type ParallelAnswer = { readonly rankings: Ranking[] } | { readonly error: unknown };

/**
 * Starts the threads and waits until each has restored the recommender.
 *
 * @param recommender what it is saved as is all that is asked of it
 * @param catalogue the one it was fitted on
 * @param threads default: one a core
 */
export async function parallelRecommender(
  recommender: Pick<FittedRecommender, "name" | "save">,
  { tracks, artists }: Catalogue,
  threads = availableParallelism(),
): Promise<ParallelRecommender> {
  const workerData = { state: recommender.save(), catalogue: { tracks, artists } };
  const lanes = Array.from({ length: threads }, () => new Lane(workerData));
  const close = async () => {
    await Promise.all(lanes.map((lane) => lane.close()));
  };
  try {
    await Promise.all(lanes.map((lane) => lane.ready));
  } catch (error) {
    await close();
    throw error;
  }
  let next = 0;
  return {
    name: recommender.name,
    lanes: threads,
    recommend: (contexts, k) => lanes[next++ % threads]!.ask(contexts, k),
    close,
  };
}

/** One thread; its answers come in the order in which it was asked. */
class Lane {
  readonly ready: Promise<unknown>;
  readonly #worker: Worker;
  readonly #waiting: Array<{ resolve: (rankings: Ranking[]) => void; reject: (error: unknown) => void }> = [];

  constructor(workerData: object) {
    this.#worker = new Worker(besideUrl(import.meta.url, "./parallel-worker.js"), { workerData });
    this.ready = this.#next();
    this.#worker.on("message", (answer: ParallelAnswer) => {
      const { resolve, reject } = this.#waiting.shift()!;
      if ("error" in answer) reject(answer.error);
      else resolve(answer.rankings);
    });
    const fail = (error: unknown) => {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    };
    this.#worker.on("error", fail);
    this.#worker.on("exit", () => fail(new SegueError("a thread that recommends ended early")));
  }

  ask(contexts: readonly Context[], k: number): Promise<Ranking[]> {
    const answer = this.#next();
    this.#worker.postMessage({ contexts, k });
    return answer;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #next(): Promise<Ranking[]> {
    const answer = new Promise<Ranking[]>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    // A caller may be busy with an earlier answer when this one fails.
    answer.catch(() => {});
    return answer;
  }
}

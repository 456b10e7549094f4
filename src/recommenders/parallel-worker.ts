/** One thread of `parallelRecommender`: restores, says that it is ready, answers. */
import { parentPort, workerData } from "node:worker_threads";
import type { Context } from "./contract.js";
import type { ParallelAnswer } from "./parallel.js";
import { restoreRecommender } from "./registry.js";

const answer = (message: ParallelAnswer) => parentPort!.postMessage(message);

try {
  const recommender = restoreRecommender(workerData.state, workerData.catalogue);
  parentPort!.on("message", ({ contexts, k }: { contexts: readonly Context[]; k: number }) => {
    try {
      answer({ rankings: recommender.recommend(contexts, k) });
    } catch (error) {
      answer({ error });
    }
  });
  answer({ rankings: [] });
} catch (error) {
  answer({ error });
}

/** One thread of `parallelRecommender`: restores the recommender, reports that it is ready, then answers. */
import { parentPort, workerData } from "node:worker_threads";
import type { NumberedRanking } from "./contract.js";
import { say } from "./core/asking/asked-thread.js";
import type { ParallelQuestion } from "./parallel.js";
import { restoreRecommender } from "./registry.js";

say((): NumberedRanking[] => {
  const { inNumbers } = restoreRecommender(workerData.state, workerData.catalogue);
  parentPort!.on("message", ({ contexts, k }: ParallelQuestion) =>
    say(() => inNumbers!.recommend(contexts, k)),
  );
  return [];
});

/** Reads the files, fits, asks: what `segue evaluate` does for one recommender. */
import { availableParallelism } from "node:os";
import { readQueries, readSequences } from "../corpus/index.js";
import { type Measured, measureRecommender } from "../evaluation/index.js";
import { fitRecommender, parallelRecommender } from "../recommenders/index.js";
import { type Progress, throttled } from "../system/index.js";

export async function loadAndMeasure({
  train,
  queries,
  recommender,
  settings,
  ks,
  seed,
  threads,
  progress,
}: {
  train: readonly string[];
  queries: readonly string[];
  recommender: string;
  settings: Readonly<Record<string, unknown>>;
  ks: readonly number[];
  seed: number;
  threads?: number;
  progress: Progress;
}): Promise<Measured> {
  const told = throttled(progress);
  const questions = await readQueries(queries, { progress: told });
  const corpus = await readSequences(train, { progress: told });
  // Threads pay for themselves when there is much to ask.
  const lanes = Math.min(threads ?? availableParallelism(), Math.ceil(questions.length / 1000));
  let close = async () => {};
  const fitOn = async () => {
    const fitted = await fitRecommender(recommender, corpus, settings, { seed, threads, progress: told });
    if (lanes < 2) return fitted;
    const parallel = await parallelRecommender(fitted, corpus, lanes);
    close = parallel.close;
    return parallel;
  };
  try {
    return await measureRecommender(fitOn, corpus, questions, { ks, progress: told });
  } finally {
    await close();
  }
}

/** Reads the files, fits, asks: what `segue evaluate` does for one recommender. */
import { readQueries, readSequences } from "../corpus/index.js";
import { type Measured, measureRecommender } from "../evaluation/index.js";
import { fitRecommender } from "../recommenders/index.js";
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
  const fit = () => fitRecommender(recommender, corpus, settings, { seed, threads, progress: told });
  return measureRecommender(fit, corpus, questions, { ks, progress: told });
}

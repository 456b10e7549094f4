/** Fits and evaluates one recommender, and measures time and memory. */
import { type Corpus, requireCorpus, requireQueries } from "../corpus/index.js";
import { aFunction, misuse, type Progress, peakRssMb, requireKnown, requireWithin } from "../system/index.js";
import type { Answering } from "./asking/answers.js";
import type { Question } from "./asking/questions.js";
import { type Evaluation, evaluateRecommender } from "./evaluate.js";
import { trainingFacts } from "./facts.js";

export interface Measured {
  readonly evaluation: Evaluation;
  /** Seconds to fit, without starting the answering threads. */
  readonly fitSeconds: number;
  /** Peak memory of the whole process so far, in MiB. To compare recommenders, give each its own process. */
  readonly peakRssMb: number;
}

/**
 * Fits a recommender and asks it every question.
 *
 * @param fitOn fits on the corpus: `(corpus) => fitRecommender("vstan", corpus)`
 * @param options.ks the cut-offs, integers ≥ 1
 * @param options.inThreads turns the fitted recommender into the one that is asked; its time does not count as fitting
 * @throws whatever `fitOn` and `evaluateRecommender` throw, including the signal's reason
 */
export async function measureRecommender<Fitted extends Answering>(
  fitOn: (corpus: Corpus) => Promise<Fitted>,
  corpus: Corpus,
  questions: readonly Question[],
  options: {
    ks: readonly number[];
    inThreads?: (fitted: Fitted) => Promise<Answering>;
    progress?: Progress;
    signal?: AbortSignal;
  },
): Promise<Measured> {
  requireWithin(aFunction, "fitOn", fitOn, 'write (corpus) => fitRecommender("vstan", corpus)');
  requireCorpus(corpus, "measureRecommender");
  requireQueries(questions, "measureRecommender");
  requireKnown(options, ["ks", "inThreads", "progress", "signal"], "measureRecommender");
  const { inThreads, ...how } = options;
  if (inThreads !== undefined) requireWithin(aFunction, "inThreads", inThreads);
  const start = performance.now();
  const fitted = await fitOn(corpus);
  const fitSeconds = (performance.now() - start) / 1000;
  const recommender = inThreads === undefined ? fitted : await inThreads(fitted);
  const facts = trainingFacts(corpus);
  const evaluation = await evaluateRecommender(recommender, questions, { ...how, facts });
  return { evaluation, fitSeconds, peakRssMb: peakRssMb() };
}

/**
 * The figures at one k, with the names that `segue evaluate --json` prints.
 *
 * @param k one of the evaluated ones
 * @throws SegueError (misuse) if k was not evaluated, listing those that were
 */
export function report({ evaluation, fitSeconds, peakRssMb }: Measured, k: number) {
  const at = evaluation.at.find((figures) => figures.k === k);
  if (at === undefined) {
    const there = evaluation.at.map((figures) => figures.k).join(", ");
    throw misuse(
      `k = ${k} was not evaluated; there are ${there}`,
      `Evaluate with it (ks: [${there}, ${k}]), or ask for one of these.`,
    );
  }
  return {
    recommender: evaluation.recommender,
    k,
    queries: evaluation.queries,
    hit_ratio: at.hitRatio,
    mrr: at.mrr,
    ndcg: at.ndcg,
    coverage: at.coverage,
    fit_seconds: fitSeconds,
    recommend_seconds: evaluation.recommendSeconds,
    peak_rss_mb: peakRssMb,
  };
}

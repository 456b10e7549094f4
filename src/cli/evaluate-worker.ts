/** One recommender of the leaderboard in a process of its own, so that its memory can be told from the others'. */
import type { Entry, MetricName } from "../evaluation/index.js";
import { type ErrorData, errorData, type ProgressReport } from "../system/index.js";

export interface EvaluateTask {
  readonly train: readonly string[];
  readonly queries: readonly string[];
  readonly recommender: string;
  readonly k: number;
  readonly seed: number;
  readonly threads?: number;
}

export type EvaluateAnswer =
  | { readonly kind: "progress"; readonly report: ProgressReport }
  | { readonly kind: "done"; readonly entry: Entry }
  | { readonly kind: "failed"; readonly error: ErrorData };

const answer = (message: EvaluateAnswer) => new Promise((resolve) => process.send!(message, resolve));

process.once("message", async (task: EvaluateTask) => {
  try {
    const { loadAndMeasure } = await import("./load-and-measure.js");
    const progress = (report: ProgressReport) => void answer({ kind: "progress", report });
    const { evaluation, fitSeconds, peakRssMb } = await loadAndMeasure({
      ...task,
      ks: [task.k],
      settings: {},
      progress,
    });
    const values = (metric: MetricName) => evaluation.outcomes.values(metric, task.k);
    await answer({
      kind: "done",
      entry: {
        recommender: evaluation.recommender,
        figures: evaluation.at[0]!,
        hits: values("hitRatio"),
        reciprocalRanks: values("mrr"),
        gains: values("ndcg"),
        fitSeconds,
        recommendSeconds: evaluation.recommendSeconds,
        peakRssMb,
      },
    });
  } catch (error) {
    await answer({ kind: "failed", error: errorData(error) });
  }
  process.exit(0);
});

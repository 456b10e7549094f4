/** Evaluates one recommender of the leaderboard in a separate process, so that its memory can be measured by itself. */
import type { Entry, Evaluation, MetricName } from "../../evaluation/index.js";
import { type ErrorData, errorData, type ProgressReport } from "../../system/index.js";
import type { MeasureTask } from "./load-and-measure.js";

export interface EvaluateTask extends MeasureTask {
  /** Whether to suppress notes on what is left out of the files, since another process prints them. */
  readonly quiet: boolean;
}

export type EvaluateAnswer =
  | { readonly kind: "progress"; readonly report: ProgressReport }
  | { readonly kind: "told"; readonly line: string }
  | {
      readonly kind: "done";
      readonly entry: Entry;
      readonly playlists?: Uint32Array | undefined;
      /** What is the same for every recommender. */
      readonly asked: Pick<Evaluation, "catalogue" | "knownTargets" | "knownContexts" | "copies">;
    }
  | { readonly kind: "failed"; readonly error: ErrorData };

const answer = (message: EvaluateAnswer) => new Promise((resolve) => process.send!(message, resolve));

// The parent has gone, and nobody waits for the answer.
process.once("disconnect", () => process.exit(1));

process.once("message", async (task: EvaluateTask) => {
  try {
    const { loadAndMeasure } = await import("./load-and-measure.js");
    const progress = (report: ProgressReport) => void answer({ kind: "progress", report });
    // The parent prints, since its progress line is on the terminal.
    const tell = (line: string) => void (task.quiet || answer({ kind: "told", line }));
    const { evaluation, fitSeconds, peakRssMb } = await loadAndMeasure(task, progress, tell);
    const { catalogue, knownTargets, knownContexts, copies } = evaluation;
    const values = (metric: MetricName) => evaluation.outcomes.values(metric, task.ks[0]!);
    await answer({
      kind: "done",
      playlists: evaluation.outcomes.playlists,
      asked: { catalogue, knownTargets, knownContexts, copies },
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
    // The parent was stopped too, and reports it.
    if ((error as Error).name === "AbortError") process.exit(130);
    await answer({ kind: "failed", error: errorData(error) });
  }
  process.exit(0);
});

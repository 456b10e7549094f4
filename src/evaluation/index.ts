/** Measures recommenders: protocols, metrics, slices, comparisons. Depends only on the `Recommender` contract. */
export type { Answering } from "./asking/answers.js";
export { type HoldOut, type HoldOutOptions, holdOut } from "./asking/hold-out.js";
export { type Question, type QuestionOptions, questionsOf } from "./asking/questions.js";
export { baseProtocolMetrics, evaluateBaseProtocol, type TargetPlaces } from "./base-protocol.js";
export {
  type BootstrapOptions,
  bootstrapMeans,
  type Difference,
  type Interval,
  pairedDifference,
} from "./comparison/bootstrap.js";
export {
  type Entry,
  type Leaderboard,
  type LeaderboardRow,
  leaderboard,
  leaderboardHtml,
  leaderboardJson,
  leaderboardText,
} from "./comparison/leaderboard.js";
export { type Findings, remarksOn } from "./comparison/remarks.js";
export {
  type EvaluateOptions,
  type Evaluation,
  evaluateRecommender,
  type FiguresAtK,
  type SliceFigures,
} from "./evaluate.js";
export { type TrainingFacts, trainingFacts } from "./facts.js";
export { type Measured, measureRecommender, report } from "./measure.js";
export {
  type BehaviourOptions,
  type LessWrong,
  lessWrong,
  type TwinSwap,
  twinSwap,
  unstablePrefixes,
} from "./metrics/behaviour.js";
export { type MetricName, metricNames, type RankingMetrics } from "./metrics/metrics.js";
export type { Outcomes } from "./metrics/outcomes.js";

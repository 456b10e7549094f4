/** Measures recommenders: protocols, metrics, slices, comparisons. Depends only on the `Recommender` contract. */
export type { Answering } from "./answers.js";
export { baseProtocolMetrics, evaluateBaseProtocol, type TargetPlaces } from "./base-protocol.js";
export {
  type BehaviourOptions,
  type LessWrong,
  lessWrong,
  type TwinSwap,
  twinSwap,
  unstablePrefixes,
} from "./behaviour.js";
export {
  type BootstrapOptions,
  bootstrapMeans,
  type Difference,
  type Interval,
  pairedDifference,
} from "./bootstrap.js";
export {
  type EvaluateOptions,
  type Evaluation,
  evaluateRecommender,
  type FiguresAtK,
  type SliceFigures,
} from "./evaluate.js";
export { type TrainingFacts, trainingFacts } from "./facts.js";
export { type HoldOut, type HoldOutOptions, holdOut } from "./hold-out.js";
export {
  type Entry,
  type Leaderboard,
  type LeaderboardRow,
  leaderboard,
  leaderboardHtml,
  leaderboardJson,
  leaderboardText,
} from "./leaderboard.js";
export { type Measured, measureRecommender, report } from "./measure.js";
export { type MetricName, metricNames, type RankingMetrics } from "./metrics.js";
export type { Outcomes } from "./outcomes.js";
export { type Question, type QuestionOptions, questionsOf } from "./questions.js";
export { type Findings, remarksOn } from "./remarks.js";

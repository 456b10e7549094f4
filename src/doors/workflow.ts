/**
 * `segue/workflow`: steps, foreach and joins in typed TypeScript. They run in a bounded pool of processes, their results are kept
 * as files, and a run can be resumed after any failure. Independent of music.
 *
 * ```ts
 * // tuning.ts
 * import { flow, openStore, runFlow } from "segue/workflow";
 * import { z } from "zod";
 *
 * export const tuning = flow("tuning", {
 *   module: import.meta.url,
 *   parameters: z.object({ seed: z.int().default(1).describe("the seed of everything random") }),
 * })
 *   .step("start", ({ parameters }) => ({ grid: [3, 5, 10], seed: parameters.seed }))
 *   .foreach("train", { over: "grid", retry: 2 }, ({ item, artifacts }) => ({ loss: item * artifacts.seed }))
 *   .join("keep_best", ({ inputs }) => ({ best: Math.min(...inputs.map((input) => input.loss)) }))
 *   .step("end", ({ artifacts }) => console.log(artifacts.best));
 *
 * // main.ts
 * const store = await openStore(".segue");
 * const result = await runFlow(tuning, { seed: 7 }, { store, listener: console.log });
 * ```
 *
 * Steps run in separate processes that import the flow's module: keep its top level light, and `import()` heavy dependencies
 * within the steps.
 *
 * @module segue/workflow
 */
export {
  type AfterBranches,
  type AfterEnd,
  type AfterForeach,
  type AfterStep,
  type AnyFlow,
  type ArtifactKind,
  type ArtifactRef,
  type AttemptSummary,
  type Card,
  type Caught,
  Client,
  checkFlow,
  checkParameters,
  collectGarbage,
  type DoneRecord,
  drawRun,
  type EndRecord,
  type Engine,
  type FileArtifact,
  type Flow,
  type FlowOptions,
  type FlowReader,
  type FlowsToRun,
  FolderStore,
  file,
  flow,
  flowsOf,
  type GcOptions,
  type GcResult,
  type JoinTask,
  type LayeredParameters,
  type ListedRuns,
  type ListOptions,
  type LogLine,
  loadFlow,
  type NoArtifacts,
  openClient,
  openStore,
  Pool,
  type ProgressBar,
  parseParameters,
  type Resources,
  type ResumeOptions,
  type RetryPolicy,
  type RunEvent,
  type RunListener,
  type RunOptions,
  type RunReader,
  type RunRecord,
  type RunResult,
  type RunStatus,
  type RunSummary,
  readParameters,
  resumeRun,
  runFlow,
  runInTerminal,
  Segue,
  type StepKind,
  type StepNode,
  type Store,
  type StoredObject,
  type Table,
  type Task,
  type TaskFailure,
  type TaskReader,
  type TaskStatus,
  type TaskSummary,
  type TerminalOptions,
  type Theme,
  table,
  type ValueBox,
  type Written,
} from "../workflow/index.js";

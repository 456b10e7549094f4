/**
 * Workflows: steps, foreach and joins in typed TypeScript, run in a bounded pool of processes, with results kept as files, so that
 * any run can be resumed. Independent of music.
 */
export { FolderStore, openStore, type Store, type StoredObject } from "../storage/index.js";
export { type FileArtifact, file } from "./artifacts/file.js";
export type { ArtifactKind, ArtifactRef } from "./artifacts/ref.js";
export { type Table, table } from "./artifacts/table.js";
export type { Card, ProgressBar, ValueBox } from "./card/card.js";
export type { Engine } from "./engines/engine.js";
export { Pool } from "./engines/pool.js";
export { checkFlow } from "./flow/check.js";
export { type AnyFlow, type Flow, type FlowOptions, flow } from "./flow/flow.js";
export { isFlowName } from "./flow/flow-name.js";
/** The types of a flow under construction: they appear in the declarations of packages that export a flow. */
export type { AfterBranches, AfterEnd, AfterForeach, AfterStep } from "./flow/flow-types.js";
export type { Resources, RetryPolicy, StepKind, StepNode } from "./flow/graph.js";
export { flowsOf, loadFlow } from "./flow/load-flow.js";
export type { Caught, NoArtifacts, TaskFailure, Written } from "./flow/types.js";
export { collectGarbage, type GcOptions, type GcResult } from "./gc.js";
export { type LayeredParameters, readParameters } from "./parameters/config.js";
export { checkParameters, parseParameters } from "./parameters/parameters.js";
export { drawFlow, drawRun } from "./picture.js";
export { Client, type FlowReader, openClient, Segue } from "./records/client.js";
export type { DoneRecord, EndRecord, FlowsToRun, RunRecord, RunStatus } from "./records/records.js";
export type { RunReader, TaskReader } from "./records/run-reader.js";
export type { ListedRuns, ListOptions, RunSummary } from "./records/runs.js";
export type { AttemptSummary, TaskStatus, TaskSummary } from "./records/tasks.js";
export type { RunEvent, RunListener } from "./running/events.js";
export { type ResumeOptions, resumeRun } from "./running/resume.js";
export { type RunOptions, type RunResult, runFlow } from "./running/run.js";
export type { JoinTask, Task } from "./task/task.js";
export type { LogLine } from "./task/task-log.js";
export { runInTerminal, type TerminalOptions } from "./terminal/run-in-terminal.js";
export type { Theme } from "./theme.js";

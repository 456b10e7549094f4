/**
 * Workflows: steps, foreach and joins in typed TypeScript, run in a bounded pool of processes, with results kept as files, so that
 * any run can be resumed. Independent of music.
 */
export { FolderStore, openStore, type Store, type StoredObject } from "../storage/index.js";
export { type FileArtifact, file } from "./artifacts/file.js";
export type { ArtifactKind, ArtifactRef } from "./artifacts/ref.js";
export { type Table, table } from "./artifacts/table.js";
export type { Card, ProgressBar, ValueBox } from "./card/card.js";
export { checkFlow } from "./check.js";
export { Client, type FlowReader, openClient, Segue } from "./client.js";
export { type LayeredParameters, readParameters } from "./config.js";
export type { Engine } from "./engines/engine.js";
export { Pool } from "./engines/pool.js";
export type { RunEvent, RunListener } from "./events.js";
export { type AnyFlow, type Flow, type FlowOptions, flow } from "./flow.js";
export { isFlowName } from "./flow-name.js";
/** The types of a flow under construction: they appear in the declarations of packages that export a flow. */
export type { AfterBranches, AfterEnd, AfterForeach, AfterStep } from "./flow-types.js";
export { collectGarbage, type GcOptions, type GcResult } from "./gc.js";
export type { Resources, RetryPolicy, StepKind, StepNode } from "./graph.js";
export { flowsOf, loadFlow } from "./load-flow.js";
export { checkParameters, parseParameters } from "./parameters.js";
export { drawFlow, drawRun } from "./picture.js";
export type { DoneRecord, EndRecord, FlowsToRun, RunRecord, RunStatus } from "./records.js";
export { type ResumeOptions, resumeRun } from "./resume.js";
export { type RunOptions, type RunResult, runFlow } from "./run.js";
export type { RunReader, TaskReader } from "./run-reader.js";
export type { ListedRuns, ListOptions, RunSummary } from "./runs.js";
export type { JoinTask, Task } from "./task.js";
export type { LogLine } from "./task-log.js";
export type { AttemptSummary, TaskStatus, TaskSummary } from "./tasks.js";
export { runInTerminal, type TerminalOptions } from "./terminal/run-in-terminal.js";
export type { Theme } from "./theme.js";
export type { Caught, NoArtifacts, TaskFailure, Written } from "./types.js";

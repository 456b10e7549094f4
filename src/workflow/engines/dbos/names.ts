/** Names and types that the command and the workers share. */
import type { TaskFailure } from "../../flow/types.js";
import type { DoneRecord, RunRecord } from "../../records/records.js";

export const application = "segue";
/** Constant, because DBOS gives work only to workers of the same version; each task checks the code's version itself. */
export const applicationVersion = "segue-1";
export const runQueue = "segue-runs";
export const taskQueue = "segue-tasks";
export const runWorkflow = "segue.run";
export const taskWorkflow = "segue.task";

/** The input of a run's workflow, as stored in the database. */
export interface RunOrder {
  readonly run: RunRecord;
  readonly store: string;
  readonly cache: boolean;
}

/** How often a task has failed by itself, and how often its process was killed from outside. */
export interface Tried {
  readonly failures: number;
  readonly losses: number;
}

export type TaskAnswer =
  | { readonly done: DoneRecord }
  | { readonly failed: TaskFailure }
  /** To be retried after `delay` seconds. */
  | { readonly again: Tried; readonly delay: number };

export const workflowId = (flow: string, run: string) => `${flow}/${run}`;
/** Every retry is a workflow of its own, so that a waiting task holds no slot. @param tried how often the task has failed before */
export const taskWorkflowId = (
  { flow, run }: RunRecord,
  { step, task }: { readonly step: string; readonly task: string },
  tried: number,
) => `${flow}/${run}/${step}/${task}${tried === 0 ? "" : `/retry-${tried}`}`;

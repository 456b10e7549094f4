/** What the command and the workers must agree on. */
import type { DoneRecord, RunRecord } from "../../records.js";
import type { TaskFailure } from "../../types.js";

export const application = "segue";
/** Constant: DBOS gives work only to workers of the same version, and the code's own version is checked for each task. */
export const applicationVersion = "segue-1";
export const runQueue = "segue-runs";
export const taskQueue = "segue-tasks";
export const runWorkflow = "segue.run";
export const taskWorkflow = "segue.task";

/** The order for a run, as it stands in the database. */
export interface RunOrder {
  readonly run: RunRecord;
  readonly store: string;
  readonly cache: boolean;
}

/** How often a task has failed by itself, and lost its process to something outside. */
export interface Tried {
  readonly failures: number;
  readonly losses: number;
}

export type TaskAnswer =
  | { readonly done: DoneRecord }
  | { readonly failed: TaskFailure }
  /** To be tried again, after so many seconds. */
  | { readonly again: Tried; readonly delay: number };

export const workflowId = (flow: string, run: string) => `${flow}/${run}`;
/** @param tried how often before; every retry is a workflow of its own, so that a task that waits for one keeps no place */
export const taskWorkflowId = (
  { flow, run }: RunRecord,
  { step, task }: { readonly step: string; readonly task: string },
  tried: number,
) => `${flow}/${run}/${step}/${task}${tried === 0 ? "" : `/retry-${tried}`}`;

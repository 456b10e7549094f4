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

export type TaskAnswer = { readonly done: DoneRecord } | { readonly failed: TaskFailure };

export const workflowId = (flow: string, run: string) => `${flow}/${run}`;
export const taskWorkflowId = (flow: string, run: string, step: string, task: string) =>
  `${flow}/${run}/${step}/${task}`;

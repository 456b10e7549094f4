/** The order for one attempt of a task, as it travels to the process that runs it, and what travels back. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProgressReport } from "../system/index.js";
import type { DoneRecord } from "./records.js";
import type { TaskFailure } from "./types.js";
import type { ReadyTask } from "./walk.js";

export interface TaskSpec {
  readonly flow: string;
  readonly run: string;
  /** URL of the flow's module. */
  readonly module: string;
  /** URL of the datastore. */
  readonly store: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** See `RunRecord`. */
  readonly sources?: Readonly<Record<string, string>>;
  readonly ready: ReadyTask;
  /** 1 for the first attempt. */
  readonly number: number;
  /** The name of the attempt's folder in the datastore: its number and a random word. */
  readonly attempt: string;
  /** Whether no later attempt may follow; the last one applies `catch`. */
  readonly last: boolean;
}

/** An attempt's `folder`, on the machine where it runs. Whoever finds its process gone removes it. */
export function attemptFolder(run: string, step: string, task: string, attempt: string): string {
  return join(tmpdir(), `segue-${run}-${step}-${task}-${attempt}`);
}

/** The folder of the attempt that an order is for. */
export const folderOf = ({ run, ready, attempt }: TaskSpec): string =>
  attemptFolder(run, ready.step, ready.task, attempt);

export type ToChild =
  /** A task of this flow will come: load it. */
  | { type: "prepare"; module: string; flow: string }
  | { type: "run"; spec: TaskSpec }
  | { type: "cancel"; why: string };

export type FromChild =
  | { type: "ready" }
  /** A flow was loaded ahead, with all that its steps import. */
  | { type: "prepared"; flow: string }
  | { type: "begun" }
  | { type: "log"; stream: "out" | "err"; line: string }
  | { type: "progress"; report: ProgressReport }
  | { type: "done"; record: DoneRecord }
  /** The card of the task that is done is written, too: the process is free. */
  | { type: "free" }
  | { type: "failed"; error: TaskFailure }
  /** Something threw that an earlier task had left behind: no fault of the one that is there now. */
  | { type: "spoiled"; error: TaskFailure };

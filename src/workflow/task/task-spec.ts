/** The messages between the engine and a task process: the specification of one attempt, and what is sent back. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProgressReport } from "../../system/index.js";
import type { TaskFailure } from "../flow/types.js";
import type { DoneRecord } from "../records/records.js";
import type { ReadyTask } from "../running/walk.js";

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
  /** Whether this is the last attempt, which applies `catch`. */
  readonly last: boolean;
}

/**
 * An attempt's `folder`, on the machine where it runs. Whoever finds the process dead removes it.
 *
 * @param owner the mark of the task's process
 */
export const folderOf = ({ run, ready: { step, task }, attempt }: TaskSpec, owner: string): string =>
  join(tmpdir(), `segue-${run}-${step}-${task}-${owner}-${attempt}`);

export type ToChild =
  /** Loads the flow in advance: a task of it will follow. */
  | { type: "prepare"; module: string; flow: string }
  | { type: "run"; spec: TaskSpec }
  | { type: "cancel"; why: string };

export type FromChild =
  /** The flow was loaded in advance, with what its steps import. */
  | { type: "prepared"; flow: string }
  | { type: "begun" }
  | { type: "log"; stream: "out" | "err"; line: string }
  | { type: "progress"; report: ProgressReport }
  | { type: "done"; record: DoneRecord }
  /** The task's card is written too, so the process is free. */
  | { type: "free" }
  | { type: "failed"; error: TaskFailure }
  /** Something that an earlier task left behind threw: not the fault of the current task. */
  | { type: "spoiled"; error: TaskFailure };

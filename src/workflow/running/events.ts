/** The events of a run, as its listener receives them. */
import type { ProgressReport } from "../../system/index.js";
import type { TaskFailure } from "../flow/types.js";
import type { DoneRecord, EndRecord, RunRecord } from "../records/records.js";

export type RunEvent =
  | { readonly type: "run-started"; readonly run: RunRecord }
  /** Concerns the run as a whole: what it waits for. */
  | { readonly type: "run-note"; readonly line: string }
  | { readonly type: "step-known"; readonly step: string; readonly tasks: number }
  | { readonly type: "task-started"; readonly step: string; readonly task: string; readonly attempt: number }
  | {
      readonly type: "task-log";
      readonly step: string;
      readonly task: string;
      readonly stream: "out" | "err";
      readonly line: string;
    }
  | {
      readonly type: "task-progress";
      readonly step: string;
      readonly task: string;
      readonly report: ProgressReport;
    }
  | {
      readonly type: "task-retry";
      readonly step: string;
      readonly task: string;
      readonly error: TaskFailure;
      /** Seconds until the next attempt. */
      readonly delay: number;
      /** The number of the next attempt. */
      readonly attempt: number;
    }
  | { readonly type: "task-done"; readonly record: DoneRecord }
  | {
      readonly type: "task-failed";
      readonly step: string;
      readonly task: string;
      readonly error: TaskFailure;
    }
  | {
      readonly type: "run-ended";
      readonly run: RunRecord;
      readonly end: EndRecord;
      readonly seconds: number;
    };

export type RunListener = (event: RunEvent) => void;

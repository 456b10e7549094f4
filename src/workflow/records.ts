/**
 * What is written down about runs, and where. Files are the truth: whatever is not in these records did not happen. Keys:
 *
 *     runs/<flow>/<run>.json                                       RunRecord, when the run begins
 *     runs/<flow>/<run>.end.json                                   EndRecord, when it ends
 *     tasks/<flow>/<run>/<step>/<task>/done.json                   DoneRecord, once, after all its artifacts
 *     tasks/<flow>/<run>/<step>/<task>/<attempt>/started.json      AttemptRecord
 *     tasks/<flow>/<run>/<step>/<task>/<attempt>/failed.json       FailedRecord
 *     tasks/<flow>/<run>/<step>/<task>/<attempt>/log               lines: time, "out" or "err", text
 *     tasks/<flow>/<run>/<step>/<task>/<attempt>/card.html
 *     objects/<aa>/<rest of the SHA-256>                           the artifacts
 */
import { fromJson, toJson } from "./artifacts/json.js";
import type { ArtifactRef } from "./artifacts/ref.js";
import type { Engine } from "./engines/engine.js";
import type { RetryPolicy, StepNode } from "./graph.js";
import type { TaskFailure } from "./types.js";

export interface RunRecord {
  readonly version: 1;
  readonly flow: string;
  readonly run: string;
  readonly description?: string;
  /** ISO time. */
  readonly created: string;
  /** As `recordedParameters` writes them. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly engine: Engine;
  /** Where the flow's module is: relative to the package ("dist/flows/modeling.js") or a file URL. */
  readonly module: string;
  /** Hash of the flow's code. */
  readonly code: string;
  readonly nodes: readonly StepNode[];
  /** What the run was told for steps without a `retry` of their own. */
  readonly retry?: RetryPolicy;
  readonly user: string;
  readonly host: string;
  /** The runs whose done-records are reused, nearest first; `rerun` are the steps that were asked to run anew. */
  readonly origins: ReadonlyArray<{ readonly run: string; readonly rerun: readonly string[] }>;
  /** By flow, the run whose results its steps read. Of flows that are not in it they read the latest successful run. */
  readonly sources?: Readonly<Record<string, string>>;
  /** What the command that began the run was to run after it. */
  readonly next?: FlowsToRun;
  /** What to run for other parameters than the run's: its flow, and what was to come after it. */
  readonly again?: FlowsToRun;
}

/** Flows of one chain, and how a command is told to run them. */
export interface FlowsToRun {
  /** As the command named them. */
  readonly flows: readonly string[];
  /** Those of the command that they need, too. */
  readonly flags: readonly string[];
}

export type RunStatus = "running" | "done" | "failed" | "stopped" | "interrupted";

export interface EndRecord {
  readonly status: "done" | "failed" | "stopped";
  readonly finished: string;
  /** The first task that failed, and why; `others` are those that failed while it did, as "step/task". */
  readonly failed?: {
    readonly step: string;
    readonly task: string;
    readonly error: TaskFailure;
    readonly others?: readonly string[];
  };
}

/** What failed so far, with one more task that did. */
export function withFailure(
  failed: EndRecord["failed"],
  { step, task }: { readonly step: string; readonly task: string },
  error: TaskFailure,
): EndRecord["failed"] {
  if (failed === undefined) return { step, task, error };
  return { ...failed, others: [...(failed.others ?? []), `${step}/${task}`] };
}

export interface DoneRecord {
  readonly version: 1;
  readonly flow: string;
  readonly run: string;
  readonly step: string;
  readonly task: string;
  /** The name of the attempt's folder. */
  readonly attempt: string;
  readonly started: string;
  readonly finished: string;
  /** Hash of what the task was given: place, parameters and the artifacts that it could read. */
  readonly inputs: string;
  /** Everything that can be read after this task, inherited artifacts included. */
  readonly artifacts: Readonly<Record<string, ArtifactRef>>;
  /** The error that `catch` turned into an artifact. */
  readonly caught?: TaskFailure;
  /** Where the task really ran, when a run that was resumed or cached took it over. */
  readonly reused?: { readonly run: string; readonly why: "resume" | "cache" };
  readonly host: string;
}

export interface AttemptRecord {
  readonly started: string;
  readonly host: string;
  readonly pid: number;
  /** When the process began, as the system counts it: tells it from a later one of the same number. */
  readonly born?: string;
}

export interface FailedRecord {
  readonly started: string;
  readonly finished: string;
  readonly error: TaskFailure;
}

export const keys = {
  run: (flow: string, run: string) => `runs/${flow}/${run}.json`,
  end: (flow: string, run: string) => `runs/${flow}/${run}.end.json`,
  tasks: (flow: string, run: string) => `tasks/${flow}/${run}/`,
  done: (flow: string, run: string, step: string, task: string) =>
    `tasks/${flow}/${run}/${step}/${task}/done.json`,
  attempt: (flow: string, run: string, step: string, task: string, attempt: string, file: string) =>
    `tasks/${flow}/${run}/${step}/${task}/${attempt}/${file}`,
  locks: (flow: string, run: string) => `locks/${flow}/${run}/`,
  cache: (key: string) => `cache/${key}.json`,
};

/** The run whose record, or end record, has this key; undefined of all other keys. */
export function runOfKey(key: string): { flow: string; run: string; isEnd: boolean } | undefined {
  const [, flow, run, end] = /^runs\/([^/]+)\/([^/]+?)(\.end)?\.json$/.exec(key) ?? [];
  return flow === undefined || run === undefined ? undefined : { flow, run, isEnd: end !== undefined };
}

export const recordText = (record: object) => `${JSON.stringify(record)}\n`;

/** Parameters as a run's record holds them: as JSON, dates marked. */
export function recordedParameters(parameters: object): Record<string, unknown> {
  return JSON.parse(toJson(parameters));
}

/** What `recordedParameters` was given. */
export function parametersFromRecord(recorded: object): Record<string, unknown> {
  return fromJson(JSON.stringify(recorded)) as Record<string, unknown>;
}

/** Sorts by time and is unique: "20260131-090507-k3f9". */
export function newRunId(now = new Date()): string {
  const digits = now.toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  // Two letters tell the millisecond, so that runs of one second sort by time, too: resume goes by the latest.
  const moment = Math.floor((now.getMilliseconds() * letters.length ** 2) / 1000);
  const first = letters[Math.floor(moment / letters.length)]!;
  return `${digits}-${first}${letters[moment % letters.length]}${randomWord(3)}`;
}

/** In the order of their codes, without letters that are mistaken for one another. */
const letters = "23456789abcdefghjkmnpqrstuvwxyz";

/** A short random word. */
export function randomWord(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => letters[byte % letters.length]).join("");
}

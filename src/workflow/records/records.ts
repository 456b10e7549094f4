/**
 * The records of runs, and their keys. These files are the single source of truth: what is not recorded did not happen.
 *
 *     runs/<flow>/<run>.json                                       RunRecord, when the run begins
 *     runs/<flow>/<run>.end.json                                   EndRecord, when it ends
 *     tasks/<flow>/<run>/<step>/<task>/done.json                   DoneRecord, once, after all its artifacts
 *     tasks/<flow>/<run>/<step>/<task>/<attempt>/started.json      AttemptRecord
 *     tasks/<flow>/<run>/<step>/<task>/<attempt>/failed.json       FailedRecord
 *     tasks/<flow>/<run>/<step>/<task>/<attempt>/log               lines: time, "out", "err" or "stack", text
 *     tasks/<flow>/<run>/<step>/<task>/<attempt>/card.html
 *     objects/<aa>/<rest of the SHA-256>                           the artifacts
 */
import { fromJson, toJson } from "../artifacts/json.js";
import type { ArtifactRef } from "../artifacts/ref.js";
import type { Engine } from "../engines/engine.js";
import type { RetryPolicy, StepNode } from "../flow/graph.js";
import type { TaskFailure } from "../flow/types.js";

export interface RunRecord {
  readonly version: 1;
  readonly flow: string;
  readonly run: string;
  readonly description?: string;
  /** ISO time. */
  readonly created: string;
  /** In the form of `recordedParameters`. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly engine: Engine;
  /** The flow's module: a path relative to the package ("dist/flows/modeling.js") or a file URL. */
  readonly module: string;
  /** Hash of the flow's code. */
  readonly code: string;
  readonly nodes: readonly StepNode[];
  /** The run's retry policy for steps that set none. */
  readonly retry?: RetryPolicy;
  readonly user: string;
  readonly host: string;
  /** The runs whose done-records are reused, most recent first; `rerun` lists the steps to run again. */
  readonly origins: ReadonlyArray<{ readonly run: string; readonly rerun: readonly string[] }>;
  /** By flow, the run whose results the steps read. For other flows they read the latest successful run. */
  readonly sources?: Readonly<Record<string, string>>;
  /** What the command that started the run was to run after it. */
  readonly next?: FlowsToRun;
  /** What to run to use other parameters: the run's flow, and those that follow. */
  readonly again?: FlowsToRun;
}

/** Flows to run with one command. */
export interface FlowsToRun {
  /** As named on the command line. */
  readonly flows: readonly string[];
  /** The flags of the command that these flows need. */
  readonly flags: readonly string[];
}

export type RunStatus = "running" | "done" | "failed" | "stopped" | "interrupted";

export interface EndRecord {
  readonly status: "done" | "failed" | "stopped";
  readonly finished: string;
  /** The first task that failed, and why; `others` are tasks that failed after it, as "step/task". */
  readonly failed?: {
    readonly step: string;
    readonly task: string;
    readonly error: TaskFailure;
    readonly others?: readonly string[];
  };
}

/** Adds a failed task to an end record's `failed`. */
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
  /** Hash of the task's place, its item and the artifacts that it could read. */
  readonly inputs: string;
  /** Everything that can be read after this task, including inherited artifacts. */
  readonly artifacts: Readonly<Record<string, ArtifactRef>>;
  /** The error that `catch` turned into an artifact. */
  readonly caught?: TaskFailure;
  /** If this run reused the task, on resuming or from the cache: the run in which it ran. */
  readonly reused?: { readonly run: string; readonly why: "resume" | "cache" };
  readonly host: string;
}

export interface AttemptRecord {
  readonly started: string;
  readonly host: string;
  readonly pid: number;
  /** The system's start time of the process, which tells it from a later one with the same pid. */
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

/** The run whose record or end record has this key; undefined for other keys. */
export function runOfKey(key: string): { flow: string; run: string; isEnd: boolean } | undefined {
  const [, flow, run, end] = /^runs\/([^/]+)\/([^/]+?)(\.end)?\.json$/.exec(key) ?? [];
  return flow === undefined || run === undefined ? undefined : { flow, run, isEnd: end !== undefined };
}

export const recordText = (record: object) => `${JSON.stringify(record)}\n`;

/** Converts parameters to the form in a run's record: plain JSON with marked dates. */
export function recordedParameters(parameters: object): Record<string, unknown> {
  return JSON.parse(toJson(parameters));
}

/** The inverse of `recordedParameters`. */
export function parametersFromRecord(recorded: object): Record<string, unknown> {
  return fromJson(JSON.stringify(recorded)) as Record<string, unknown>;
}

/**
 * A unique id that sorts by time: "20260131-090507-k3f9".
 *
 * @param after the id of a run that it has to sort after, even if the clock has been set back since
 */
export function newRunId(now = new Date(), after?: string): string {
  const digits = now.toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  // Two letters encode the millisecond, so that runs of one second also sort by time: resuming picks the latest.
  const moment = Math.floor((now.getMilliseconds() * letters.length ** 2) / 1000);
  const first = letters[Math.floor(moment / letters.length)]!;
  const id = `${digits}-${first}${letters[moment % letters.length]}${randomWord(3)}`;
  if (after === undefined || id > after) return id;
  const then = Date.parse(after.replace(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-.*/, "$1-$2-$3T$4:$5:$6Z"));
  // The id of a run that Segue has not named tells no time.
  return Number.isNaN(then) ? id : newRunId(new Date(then + 1000));
}

/** In the order of their codes, without letters that are easily confused. */
const letters = "23456789abcdefghjkmnpqrstuvwxyz";

/** A short random word. */
export function randomWord(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => letters[byte % letters.length]).join("");
}

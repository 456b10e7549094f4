/** Summaries of a run's tasks, from their records. */
import type { Store } from "../../storage/index.js";
import { errorData, type SegueError } from "../../system/index.js";
import type { TaskFailure } from "../flow/types.js";
import { holderOf } from "../running/lock.js";
import { isTriedAgain } from "../running/retry.js";
import { readSoundRecord } from "./read-record.js";
import { type AttemptRecord, type DoneRecord, type FailedRecord, keys, type RunRecord } from "./records.js";
import { secondsBetween } from "./seconds-between.js";

export type TaskStatus = "done" | "running" | "failed" | "interrupted";

export interface AttemptSummary {
  /** The name of the attempt's folder: its number and a random word. */
  readonly attempt: string;
  readonly started?: string;
  readonly finished?: string;
  readonly error?: TaskFailure;
}

export interface TaskSummary {
  readonly step: string;
  readonly task: string;
  readonly status: TaskStatus;
  readonly started?: string;
  readonly finished?: string;
  readonly seconds?: number;
  readonly attempts: readonly AttemptSummary[];
  /** The error of the last attempt, or the one that `catch` turned into an artifact. */
  readonly error?: TaskFailure;
  readonly caught: boolean;
  /** The run in which the task ran, if this run reused its result. */
  readonly reusedFrom?: string;
  readonly reusedWhy?: "resume" | "cache";
}

/** All started tasks of the run, or those of one step, or the given one, in the order of the flow and of the items. */
export async function findTasks(
  store: Store,
  run: RunRecord,
  step?: string,
  task?: string,
): Promise<TaskSummary[]> {
  const within = [step, task].flatMap((part) => (part === undefined ? [] : `${part}/`)).join("");
  const prefix = keys.tasks(run.flow, run.run) + within;
  const files = new Map<string, { done: boolean; attempts: Map<string, Set<string>> }>();
  for await (const { key } of store.list(prefix)) {
    const [, , , stepName, taskName, attempt, file] = key.split("/");
    const place = `${stepName}/${taskName}`;
    let found = files.get(place);
    if (!found) files.set(place, (found = { done: false, attempts: new Map() }));
    if (attempt === "done.json") found.done = true;
    else if (attempt !== undefined && file !== undefined) {
      const names = found.attempts.get(attempt) ?? new Set();
      found.attempts.set(attempt, names.add(file));
    }
  }
  const isHeld = (await holderOf(store, run.flow, run.run)) !== undefined;
  const tasks = await Promise.all(
    [...files].map(([place, found]) =>
      summarize(store, run, place.split("/") as [string, string], found, isHeld),
    ),
  );
  const order = new Map(run.nodes.map((node, i) => [node.name, i]));
  return tasks.sort((a, b) => order.get(a.step)! - order.get(b.step)! || compareTasks(a.task, b.task));
}

async function summarize(
  store: Store,
  { flow, run, nodes }: RunRecord,
  [step, task]: [string, string],
  found: { done: boolean; attempts: Map<string, Set<string>> },
  isHeld: boolean,
): Promise<TaskSummary> {
  let damage: TaskFailure | undefined;
  // A damaged record becomes the task's error; the rest of the task is still reported.
  const note = (error: SegueError) => {
    damage ??= { kind: "error", ...errorData(error) };
  };
  const attempts = await attemptsOf(found.attempts, <T>(attempt: string, file: string) =>
    readSoundRecord<T>(store, keys.attempt(flow, run, step, task, attempt, file), note),
  );
  const done = found.done
    ? await readSoundRecord<DoneRecord>(store, keys.done(flow, run, step, task), note)
    : undefined;
  if (done) {
    const { attempt, started, finished } = done;
    const own = attempts.find((each) => each.attempt === attempt);
    const others = attempts.filter((each) => each !== own);
    return {
      step,
      task,
      status: "done",
      started,
      finished,
      seconds: secondsBetween(started, finished),
      attempts: [...others, { attempt, started, finished, error: own?.error }],
      error: done.caught,
      caught: done.caught !== undefined,
      reusedFrom: done.reused?.run,
      reusedWhy: done.reused?.why,
    };
  }
  const last = attempts.at(-1);
  const failures = attempts.flatMap(({ error }) => error ?? []);
  // A task between two attempts is still running.
  const isTaken = !last?.error || isTriedAgain(failures, nodes.find(({ name }) => name === step)?.retry);
  const status = isHeld && isTaken ? "running" : last?.error ? "failed" : "interrupted";
  const until = last?.finished ?? (status === "running" ? Date.now() : undefined);
  return {
    step,
    task,
    status,
    started: last?.started,
    finished: last?.finished,
    seconds: last?.started && until ? secondsBetween(last.started, until) : undefined,
    attempts,
    error: damage ?? last?.error,
    caught: false,
  };
}

/** @param files the names of each attempt's records @param read reads one of them */
async function attemptsOf(
  files: ReadonlyMap<string, ReadonlySet<string>>,
  read: <T>(attempt: string, file: string) => Promise<T | undefined>,
): Promise<AttemptSummary[]> {
  const attempts = await Promise.all(
    [...files].map(async ([attempt, names]): Promise<AttemptSummary> => {
      const readIfThere = <T>(file: string) => (names.has(file) ? read<T>(attempt, file) : undefined);
      const started = await readIfThere<AttemptRecord>("started.json");
      const failed = await readIfThere<FailedRecord>("failed.json");
      return {
        attempt,
        started: (failed ?? started)?.started,
        finished: failed?.finished,
        error: failed?.error,
      };
    }),
  );
  // A worker that takes over a task makes the lost attempt again, with the same number.
  return attempts.sort(
    (a, b) =>
      Number.parseInt(a.attempt, 10) - Number.parseInt(b.attempt, 10) ||
      ((a.started ?? "") < (b.started ?? "") ? -1 : 1),
  );
}

/** Compares by number: "2" before "10", "1.2" before "1.10". */
function compareTasks(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let i = 0; i < Math.min(left.length, right.length); i++)
    if (left[i] !== right[i]) return left[i]! - right[i]!;
  return left.length - right.length;
}

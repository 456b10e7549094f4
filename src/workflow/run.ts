/** Running a flow. */
import { hostname, userInfo } from "node:os";
import type { Store } from "../storage/index.js";
import {
  aFunction,
  aSignal,
  listOf,
  requireOptions,
  someText,
  thingWith,
  trueOrFalse,
  usableCores,
  type ValueRange,
  wholeNumber,
} from "../system/index.js";
import { checkFlow } from "./check.js";
import { openClient } from "./client.js";
import { codeHash } from "./code-hash.js";
import { anEngine, type Engine } from "./engines/engine.js";
import { runLocal } from "./engines/local.js";
import { Pool } from "./engines/pool.js";
import type { RunListener } from "./events.js";
import type { AnyFlow } from "./flow.js";
import type { RetryPolicy } from "./graph.js";
import { modulePlace, moduleUrl, requireFlow } from "./load-flow.js";
import { lockRun, type RunLock } from "./lock.js";
import { checkParameters, parseParameters } from "./parameters.js";
import { refuseBesideSteps } from "./process-of-tasks.js";
import {
  type EndRecord,
  type FlowsToRun,
  keys,
  newRunId,
  type RunRecord,
  recordedParameters,
  recordText,
} from "./records.js";
import { retryPolicy } from "./retry.js";
import { Reuse } from "./reuse.js";

export interface RunOptions {
  /** Where runs and artifacts are kept: `await openStore(".segue")`. */
  readonly store: Store;
  /** How many tasks run at once. Default: the number of processors. */
  readonly maxWorkers?: number;
  /** To find the run by later. Default: none. */
  readonly tags?: readonly string[];
  /** For every step that has no `retry` of its own. */
  readonly retry?: number | Partial<RetryPolicy>;
  /** Takes results of earlier runs for steps whose code, parameters and inputs are unchanged. Default false. */
  readonly cache?: boolean;
  /** Processes of this machine (default), or those of any machines with `segue worker`. */
  readonly engine?: Engine;
  /** Postgres, for the engine "dbos". Default: SEGUE_DATABASE_URL. */
  readonly databaseUrl?: string;
  /**
   * By flow, the run that steps read where they ask for `client.flow(…).latestSuccessfulRun`: so that flows which run one after
   * the other stay with each other's results, whoever else runs the same flows meanwhile. Default: the latest successful one.
   */
  readonly sources?: Readonly<Record<string, string>>;
  /** What is to come after this run; kept in its record, so that whoever resumes it can say how to go on. */
  readonly next?: FlowsToRun;
  /** How to run it anew, where its parameters have to change; kept in its record, since a resumed run has those of the old one. */
  readonly again?: FlowsToRun;
  /**
   * The processes of another run, to be used again: `const pool = new Pool()`. The cards of the last tasks may then still be
   * written when the run is over: `await pool.settled()`. Default: processes of its own.
   */
  readonly pool?: Pool;
  /** Told of everything that happens. */
  readonly listener?: RunListener;
  /** Stops the run: nothing new is begun, every process is ended within 2 s. */
  readonly signal?: AbortSignal;
}

export interface RunResult {
  readonly flow: string;
  readonly run: string;
  readonly status: EndRecord["status"];
  readonly end: EndRecord;
  readonly seconds: number;
  /** Of a run that failed: whether the log of the task that did holds anything. */
  readonly printed?: boolean;
}

export const runOptionRanges: Readonly<Record<keyof RunOptions, ValueRange>> = {
  store: thingWith('a store: await openStore(".segue")', "url", "get", "put", "list"),
  maxWorkers: wholeNumber(1),
  tags: listOf("tags"),
  // retryPolicy looks at it.
  retry: { wanted: "how often", holds: (value) => typeof value === "number" || thingWith("").holds(value) },
  cache: trueOrFalse,
  engine: anEngine,
  databaseUrl: someText,
  sources: thingWith("an object of runs by flow"),
  next: thingWith("flows to run", "flows", "flags"),
  again: thingWith("flows to run", "flows", "flags"),
  pool: thingWith("a Pool", "warm", "close"),
  listener: aFunction,
  signal: aSignal,
};

/**
 * Runs a flow from its first step.
 *
 * @param parameters by name; missing ones take their defaults
 * @throws SegueError (misuse) for a parameter that is unknown or out of range, for what the flow's own `check` refuses, and for a
 *   flow that is not sound, and for an option that there is not or that is out of its range.
 *   A step that fails does not throw: the result's `status` says so.
 */
export async function runFlow(
  flow: AnyFlow,
  parameters: Readonly<Record<string, unknown>>,
  options: RunOptions,
): Promise<RunResult> {
  requireFlow(flow, "runFlow");
  requireOptions(options, runOptionRanges, "runFlow", ["store"]);
  const checked = parseParameters(flow, parameters);
  await checkParameters(flow, checked, options.engine);
  return begin(flow, checked, [], options.tags ?? [], options);
}

/** Writes down and tells that a run is over. */
export async function ended(
  record: RunRecord,
  end: EndRecord,
  { store, listener, started }: { store: Store; listener: RunListener; started: number },
): Promise<RunResult> {
  const { flow, run } = record;
  await store.put(keys.end(flow, run), recordText(end));
  const seconds = (performance.now() - started) / 1000;
  listener({ type: "run-ended", run: record, end, seconds });
  const result = { flow, run, status: end.status, end, seconds };
  if (end.failed === undefined) return result;
  const task = openClient(store).flow(flow).run(run).task(end.failed.step, end.failed.task);
  // A run that failed before any task of it began has no log either.
  const lines = await task.logs().catch(() => []);
  return { ...result, printed: lines.length > 0 };
}

/**
 * Begins a run and sees it to its end.
 *
 * @param parameters checked
 * @param origins the runs that it resumes, the one before it first
 */
export async function begin(
  flow: AnyFlow,
  parameters: Readonly<Record<string, unknown>>,
  origins: RunRecord["origins"],
  tags: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const started = performance.now();
  const { store, listener = () => {}, signal = new AbortController().signal } = options;
  refuseBesideSteps(flow);
  checkFlow(flow);
  const module = modulePlace(flow.module);
  const url = moduleUrl(module);
  const engine = options.engine ?? "local";
  const retry = options.retry === undefined ? undefined : retryPolicy(options.retry);
  const record: RunRecord = {
    version: 1,
    flow: flow.name,
    run: newRunId(),
    ...(flow.description === undefined ? {} : { description: flow.description }),
    created: new Date().toISOString(),
    parameters: recordedParameters(parameters),
    tags: [...tags],
    engine,
    module,
    code: codeHash(url),
    nodes: retry === undefined ? flow.nodes : flow.nodes.map((node) => ({ retry, ...node })),
    ...(retry === undefined ? {} : { retry }),
    user: userName(),
    host: hostname(),
    origins,
    ...(options.sources === undefined ? {} : { sources: { ...options.sources } }),
    ...(options.next === undefined ? {} : { next: options.next }),
    ...(options.again === undefined ? {} : { again: options.again }),
  };
  const maxWorkers = options.maxWorkers ?? usableCores();
  // Before anything is recorded: a run that cannot begin leaves nothing behind.
  const databaseUrl = engine === "dbos" ? await databaseFor(options.databaseUrl) : undefined;
  const pool = options.pool ?? new Pool();
  // The first task's process starts while the records are written.
  if (engine === "local") pool.warm(1, record);
  let lock: RunLock | undefined;
  try {
    // The lock comes first, so that a run without one is known to be over.
    lock = await lockRun(store, flow.name, record.run);
    await store.put(keys.run(flow.name, record.run), recordText(record));
    listener({ type: "run-started", run: record });
    const reuse = new Reuse(store, record, options.cache ?? false);
    const end =
      databaseUrl !== undefined
        ? await (await import("./engines/dbos/command.js")).runOnWorkers({
            store,
            run: record,
            listener,
            signal,
            cache: options.cache ?? false,
            databaseUrl,
          })
        : await runLocal({ store, run: record, flow, reuse, maxWorkers, pool, listener, signal });
    return await ended(record, end, { store, listener, started });
  } finally {
    if (options.pool === undefined) {
      if (!signal.aborted) await pool.settled();
      await pool.close();
    }
    await lock?.release();
  }
}

/** The URL of the engine dbos's database, which answers. */
export async function databaseFor(given: string | undefined): Promise<string> {
  return (await import("./engines/dbos/database.js")).answeringDatabase(given);
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}

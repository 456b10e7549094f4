/** Running a flow. */
import { hostname, userInfo } from "node:os";
import { aStore, type Store } from "../../storage/index.js";
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
} from "../../system/index.js";
import { anEngine, type Engine } from "../engines/engine.js";
import { runLocal } from "../engines/local.js";
import { Pool } from "../engines/pool.js";
import { checkFlow } from "../flow/check.js";
import { codeHash } from "../flow/code-hash.js";
import type { AnyFlow } from "../flow/flow.js";
import type { RetryPolicy } from "../flow/graph.js";
import { modulePlace, moduleUrl, requireFlow } from "../flow/load-flow.js";
import { checkParameters, parseParameters } from "../parameters/parameters.js";
import { openClient } from "../records/client.js";
import {
  type EndRecord,
  type FlowsToRun,
  keys,
  newRunId,
  type RunRecord,
  recordedParameters,
  recordText,
} from "../records/records.js";
import type { RunListener } from "./events.js";
import { lockRun, type RunLock } from "./lock.js";
import { refuseBesideSteps } from "./process-of-tasks.js";
import { retryPolicy } from "./retry.js";
import { Reuse } from "./reuse.js";

export interface RunOptions {
  /** The datastore for runs and artifacts: `await openStore(".segue")`. */
  readonly store: Store;
  /** How many tasks run at once. Default: the number of usable cores. */
  readonly maxWorkers?: number;
  /** Tags to find the run by later. Default: none. */
  readonly tags?: readonly string[];
  /** The `retry` of every step that sets none. */
  readonly retry?: number | Partial<RetryPolicy>;
  /** Reuses results of earlier runs for steps whose code, parameters and inputs are unchanged. Default false. */
  readonly cache?: boolean;
  /** "local" (default): processes of this machine. "dbos": processes of any machines that run `segue worker`. */
  readonly engine?: Engine;
  /** The URL of the Postgres database, for the engine "dbos". Default: SEGUE_DATABASE_URL. */
  readonly databaseUrl?: string;
  /**
   * By flow, the run that `client.flow(…).latestSuccessfulRun` returns within steps. So a chain of flows reads its own results,
   * even if others run the same flows meanwhile. Default: the latest successful one.
   */
  readonly sources?: Readonly<Record<string, string>>;
  /** The flows that follow this run; kept in its record, so that a resumed run can print how to continue. */
  readonly next?: FlowsToRun;
  /** How to start a new run with other parameters; kept in the record, since a resumed run has the old parameters. */
  readonly again?: FlowsToRun;
  /**
   * A pool of processes to share between runs: `const pool = new Pool()`. The cards of the last tasks may still be being written
   * when the run is over: `await pool.settled()`. Default: a pool for this run alone.
   */
  readonly pool?: Pool;
  /** Called with every event of the run. */
  readonly listener?: RunListener;
  /** Stops the run: no task is started, and every process ends within 2 s or once its step's `grace` is over. */
  readonly signal?: AbortSignal;
}

export interface RunResult {
  readonly flow: string;
  readonly run: string;
  readonly status: EndRecord["status"];
  readonly end: EndRecord;
  readonly seconds: number;
  /** If the run failed: whether the failed task's log has any lines. */
  readonly printed?: boolean;
}

export const runOptionRanges: Readonly<Record<keyof RunOptions, ValueRange>> = {
  store: aStore,
  maxWorkers: wholeNumber(1),
  tags: listOf("tags"),
  // retryPolicy validates the rest.
  retry: {
    wanted: "a count or an object",
    holds: (value) => typeof value === "number" || thingWith("").holds(value),
  },
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
 * Runs a flow from its first step. A failed step does not throw: see the result's `status`.
 *
 * @param parameters by name; missing ones take their defaults
 * @throws SegueError (misuse) if a parameter or an option is unknown or out of range, if the flow is invalid, or if its own `check`
 *   refuses the parameters
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

/** Writes the end record of a run, tells the listener, and returns the result. */
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
  // A run that failed before its first task has no log.
  const lines = await task.logs().catch(() => []);
  return { ...result, printed: lines.length > 0 };
}

/**
 * Starts a run and waits for its end.
 *
 * @param parameters already validated
 * @param origins the runs that it resumes, the most recent first
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
  const record = recordOf(flow, parameters, origins, tags, options);
  const maxWorkers = options.maxWorkers ?? usableCores();
  // Checked before anything is recorded, so that a run which cannot start leaves nothing behind.
  const databaseUrl = record.engine === "dbos" ? await databaseFor(options.databaseUrl) : undefined;
  const pool = options.pool ?? new Pool();
  // The first task's process starts while the records are written.
  if (record.engine === "local") pool.warm(1, record);
  let lock: RunLock | undefined;
  try {
    // The lock comes before the record: a run without a lock is over.
    lock = await lockRun(store, flow.name, record.run);
    await store.put(keys.run(flow.name, record.run), recordText(record));
    listener({ type: "run-started", run: record });
    const reuse = new Reuse(store, record, options.cache ?? false);
    const end =
      databaseUrl !== undefined
        ? await (await import("../engines/dbos/command.js")).runOnWorkers({
            store,
            run: record,
            listener,
            signal,
            cache: options.cache ?? false,
            databaseUrl,
          })
        : await runLocal({ store, run: record, reuse, maxWorkers, pool, listener, signal });
    return await ended(record, end, { store, listener, started });
  } finally {
    if (options.pool === undefined) {
      if (!signal.aborted) await pool.settled();
      await pool.close();
    }
    await lock?.release();
  }
}

/** What is known of a run before it starts. */
function recordOf(
  flow: AnyFlow,
  parameters: Readonly<Record<string, unknown>>,
  origins: RunRecord["origins"],
  tags: readonly string[],
  options: RunOptions,
): RunRecord {
  const module = modulePlace(flow.module);
  const retry = options.retry === undefined ? undefined : retryPolicy(options.retry);
  return {
    version: 1,
    flow: flow.name,
    run: newRunId(new Date(), origins[0]?.run),
    description: flow.description,
    created: new Date().toISOString(),
    parameters: recordedParameters(parameters),
    tags: [...tags],
    engine: options.engine ?? "local",
    module,
    code: codeHash(moduleUrl(module)),
    nodes:
      retry === undefined ? flow.nodes : flow.nodes.map((node) => ({ ...node, retry: node.retry ?? retry })),
    retry,
    user: userName(),
    host: hostname(),
    origins,
    sources: options.sources && { ...options.sources },
    next: options.next,
    again: options.again,
  };
}

/** The URL of the dbos engine's database, after checking that it answers. */
export async function databaseFor(given: string | undefined): Promise<string> {
  return (await import("../engines/dbos/database.js")).answeringDatabase(given);
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}

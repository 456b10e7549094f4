/** Running a flow, and resuming a run. */
import { existsSync } from "node:fs";
import { availableParallelism, hostname, userInfo } from "node:os";
import type { Store } from "../storage/index.js";
import {
  aFunction,
  aSignal,
  closest,
  listOf,
  misuse,
  requireOptions,
  requireWithin,
  SegueError,
  someText,
  thingWith,
  trueOrFalse,
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
import { aFlowName } from "./flow-name.js";
import type { RetryPolicy, StepNode } from "./graph.js";
import { endLeftovers } from "./leftovers.js";
import { loadFlow, modulePlace, moduleUrl, requireFlow } from "./load-flow.js";
import { holderOf, lockRun, type RunLock } from "./lock.js";
import { checkParameters, parametersAgain, parseParameters } from "./parameters.js";
import {
  type EndRecord,
  type FlowsToRun,
  keys,
  newRunId,
  type RunRecord,
  readRecord,
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

const ranges: Readonly<Record<keyof RunOptions, ValueRange>> = {
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
  requireOptions(options, ranges, "runFlow", ["store"]);
  const checked = parseParameters(flow, parameters);
  await checkParameters(flow, checked, options.engine);
  return begin(flow, checked, [], options.tags ?? [], options);
}

export interface ResumeOptions extends RunOptions {
  /** The run to resume. Default: the latest of the flow that is not done. */
  readonly run?: string;
  /** Runs this step, and what comes after it, anew. Default: whatever is not done. */
  readonly step?: string;
}

/**
 * Resumes a run: a new run with the same parameters takes over every done-record of the old one, task by task, and does the
 * rest with the code as it is now. A run of the engine dbos that workers still go on with is not made anew but waited for.
 *
 * @param flowName which flow's run
 * @throws SegueError (misuse) where there is nothing to resume, or an argument or an option is wrong; code "run-held" where the run is
 *   still being run
 */
export async function resumeRun(flowName: string, options: ResumeOptions): Promise<RunResult> {
  requireOptions(options, { ...ranges, run: someText, step: someText }, "resumeRun", ["store"]);
  requireWithin(aFlowName, "flow", flowName);
  const { store } = options;
  const origin = await findOrigin(store, flowName, options);
  const held = await holderOf(store, flowName, origin.run);
  if (origin.engine === "dbos" && (held === undefined || held.role === "worker")) {
    const followed = await follow(origin, options);
    if (followed) return followed;
  }
  if (held)
    throw new SegueError(
      `run ${flowName}/${origin.run} is held by process ${held.pid} on ${held.host} since ${held.since}`,
      { hint: `wait for it, or stop it first: kill ${held.pid}`, code: "run-held" },
    );
  const flow = await loadFlow(moduleUrl(origin.module), flowName);
  if (options.step !== undefined && !flow.nodes.some((node) => node.name === options.step)) {
    const names = flow.nodes.map((node) => node.name);
    const near = closest(options.step, names);
    throw misuse(
      `flow "${flowName}" has no step "${options.step}"`,
      near ? `did you mean "${near}"?` : `its steps: ${names.join(", ")}`,
    );
  }
  // Two resumers of one run: the lock on the origin lets one of them through at a time.
  const lock = await lockRun(store, flowName, origin.run);
  try {
    await endLeftovers(store, flowName, origin.run);
    const rerun = options.step === undefined ? [] : withFollowers(flow.nodes, options.step);
    return await begin(
      flow,
      parametersAgain(flow, origin.parameters),
      [{ run: origin.run, rerun }, ...origin.origins],
      options.tags ?? origin.tags,
      {
        ...options,
        retry: options.retry ?? origin.retry,
        engine: options.engine ?? origin.engine,
        sources: options.sources ?? origin.sources,
        next: options.next ?? origin.next,
        again: options.again ?? origin.again,
      },
    );
  } finally {
    await lock.release();
  }
}

/** A run that workers go on with, though its command is gone: waits for its end. Undefined where there is none to wait for. */
async function follow(origin: RunRecord, options: ResumeOptions): Promise<RunResult | undefined> {
  const { store, listener = () => {}, signal = new AbortController().signal } = options;
  const started = performance.now();
  const { isActive, runOnWorkers } = await import("./engines/dbos/command.js");
  const named = options.databaseUrl ?? process.env.SEGUE_DATABASE_URL;
  if (named === undefined && options.engine === "local") return undefined;
  const databaseUrl = await databaseFor(named);
  if (!(await isActive(origin, databaseUrl))) return undefined;
  const { step, retry, cache = false } = options;
  if (options.engine === "local" || step !== undefined || retry !== undefined || cache)
    throw new SegueError(`run ${origin.flow}/${origin.run} is still in the hands of the workers`, {
      hint: `wait for its end: segue resume ${origin.flow}/${origin.run}`,
      code: "run-held",
    });
  listener({ type: "run-started", run: origin });
  // Whether it takes from the cache was said when it began, and stands in the database.
  const end = await runOnWorkers({ store, run: origin, listener, signal, cache: false, databaseUrl });
  return ended(origin, end, { store, listener, started });
}

/** Writes down and tells that a run is over. */
async function ended(
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

async function findOrigin(store: Store, flow: string, options: ResumeOptions): Promise<RunRecord> {
  if (options.run !== undefined) {
    const record = await readRecord<RunRecord>(store, keys.run(flow, options.run));
    if (!record)
      throw misuse(`there is no run ${flow}/${options.run} in ${store.url}`, "`segue runs` lists them");
    return record;
  }
  let latest: RunRecord | undefined;
  for await (const { key } of store.list(`runs/${flow}/`)) {
    if (!key.endsWith(".end.json")) latest = (await readRecord<RunRecord>(store, key)) ?? latest;
  }
  if (!latest)
    throw misuse(`there is no run of "${flow}" in ${store.url}`, `\`segue run ${flow}\` makes one`);
  const end = await readRecord<EndRecord>(store, keys.end(flow, latest.run));
  if (end?.status === "done" && options.step === undefined)
    throw misuse(
      `the latest run of "${flow}", ${latest.run}, is done`,
      "say which step to run anew: --step NAME",
    );
  return latest;
}

async function begin(
  flow: AnyFlow,
  parameters: Readonly<Record<string, unknown>>,
  origins: RunRecord["origins"],
  tags: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const started = performance.now();
  const { store, listener = () => {}, signal = new AbortController().signal } = options;
  checkFlow(flow);
  const module = modulePlace(flow.module);
  const url = moduleUrl(module);
  if (!existsSync(new URL(url))) throw misuse(`the module of flow "${flow.name}" is not built: ${url}`);
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
  const maxWorkers = options.maxWorkers ?? availableParallelism();
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
async function databaseFor(given: string | undefined): Promise<string> {
  return (await import("./engines/dbos/database.js")).answeringDatabase(given);
}

/** A step and every step that comes after it. */
function withFollowers(nodes: readonly StepNode[], step: string): string[] {
  const found = new Set([step]);
  for (const name of found) for (const node of nodes) if (node.after.includes(name)) found.add(node.name);
  return [...found];
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}

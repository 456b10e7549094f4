/** Resumes a run. */
import type { Store } from "../../storage/index.js";
import { misuse, requireOptions, requireWithin, SegueError, someText } from "../../system/index.js";
import type { AnyFlow } from "../flow/flow.js";
import { aFlowName } from "../flow/flow-name.js";
import type { StepNode } from "../flow/graph.js";
import { loadFlow, moduleUrl } from "../flow/load-flow.js";
import { requireStep } from "../flow/require-step.js";
import { flagName } from "../parameters/flag-name.js";
import { parametersAgain } from "../parameters/parameters.js";
import { readRecord, readSoundRecord } from "../records/read-record.js";
import { type EndRecord, keys, type RunRecord, runOfKey } from "../records/records.js";
import type { RunListener } from "./events.js";
import { endLeftovers } from "./leftovers.js";
import { heldBy, holderOf, lockRun } from "./lock.js";
import { begin, databaseFor, ended, type RunOptions, type RunResult, runOptionRanges } from "./run.js";

export interface ResumeOptions extends RunOptions {
  /** The id of the run to resume. Default: the flow's latest run. */
  readonly run?: string;
  /** Reruns this step and everything after it. Default: only what is not done. */
  readonly step?: string;
}

/**
 * Resumes a run: starts a new run with the same parameters, which reuses the old one's finished tasks whose inputs are unchanged, and
 * runs the rest with the current code. If workers of the engine dbos still run the old run, waits for that one instead.
 *
 * @param flowName the name of the run's flow
 * @throws SegueError (misuse) if there is nothing to resume, or an argument or an option is wrong; (code "run-held") if the run is
 *   still running
 */
export async function resumeRun(flowName: string, options: ResumeOptions): Promise<RunResult> {
  requireOptions(options, { ...runOptionRanges, run: someText, step: someText }, "resumeRun", ["store"]);
  requireWithin(aFlowName, "flow", flowName);
  const { store } = options;
  const origin = await findOrigin(store, flowName, options);
  const held = await holderOf(store, flowName, origin.run);
  if (origin.engine === "dbos" && (held === undefined || held.role === "worker")) {
    const followed = await follow(origin, options);
    if (followed) return followed;
  }
  if (held) throw heldBy(held, flowName, origin.run);
  const flow = await loadFlow(moduleUrl(origin.module), flowName);
  if (options.step !== undefined) requireStep(flowName, flow.nodes, options.step);
  // Locks the origin, so that only one command at a time resumes it.
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
        listener: sayingDropped(origin, flow, options.listener),
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

/** Also reports, when the new run has started, the old one's parameters that the flow no longer has. */
function sayingDropped(origin: RunRecord, flow: AnyFlow, listener: RunListener = () => {}): RunListener {
  const dropped = Object.keys(origin.parameters).filter(
    (name) => !Object.hasOwn(flow.parameters.shape, name),
  );
  return (event) => {
    listener(event);
    if (event.type === "run-started" && dropped.length > 0)
      listener({
        type: "run-note",
        line: `parameters left out, since the flow no longer has them: ${dropped.map((name) => `${flagName(name)} (was ${JSON.stringify(origin.parameters[name])})`).join(", ")}`,
      });
  };
}

/** Waits for the end of a run that workers continue although its command is gone; undefined if no worker has it. */
async function follow(origin: RunRecord, options: ResumeOptions): Promise<RunResult | undefined> {
  const { store, listener = () => {}, signal = new AbortController().signal } = options;
  const started = performance.now();
  const { isActive, runOnWorkers } = await import("../engines/dbos/command.js");
  const named = options.databaseUrl ?? process.env.SEGUE_DATABASE_URL;
  if (named === undefined && options.engine === "local") return undefined;
  const databaseUrl = await databaseFor(named);
  if (!(await isActive(origin, databaseUrl))) return undefined;
  const { step, retry, cache = false } = options;
  if (options.engine === "local" || step !== undefined || retry !== undefined || cache)
    throw new SegueError(`run ${origin.flow}/${origin.run} is still being run by workers`, {
      hint: `wait for its end: segue resume ${origin.flow}/${origin.run}`,
      code: "run-held",
    });
  listener({ type: "run-started", run: origin });
  // `cache` has no effect here: the order in the database has the value that the run began with.
  const end = await runOnWorkers({ store, run: origin, listener, signal, cache: false, databaseUrl });
  return ended(origin, end, { store, listener, started });
}

async function findOrigin(store: Store, flow: string, options: ResumeOptions): Promise<RunRecord> {
  if (options.run !== undefined) {
    const record = await readRecord<RunRecord>(store, keys.run(flow, options.run));
    if (!record)
      throw misuse(`there is no run ${flow}/${options.run} in ${store.url}`, "`segue runs` lists them");
    return record;
  }
  const all: string[] = [];
  for await (const { key } of store.list(`runs/${flow}/`)) if (runOfKey(key)?.isEnd === false) all.push(key);
  let latest: RunRecord | undefined;
  // The latest run with a sound record, without reading all of them.
  while (!latest && all.length > 0) latest = await readSoundRecord<RunRecord>(store, all.pop()!);
  if (!latest)
    throw misuse(`there is no run of "${flow}" in ${store.url}`, `\`segue run ${flow}\` makes one`);
  const end = await readSoundRecord<EndRecord>(store, keys.end(flow, latest.run));
  if (end?.status === "done" && options.step === undefined)
    throw misuse(
      `the latest run of "${flow}", ${latest.run}, is done`,
      "say which step to rerun: --step NAME",
    );
  return latest;
}

/** A step and every step that comes after it. */
function withFollowers(nodes: readonly StepNode[], step: string): string[] {
  const found = new Set([step]);
  for (const name of found) for (const node of nodes) if (node.after.includes(name)) found.add(node.name);
  return [...found];
}

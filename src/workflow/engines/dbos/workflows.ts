/**
 * The two workflows that workers run: one walks a flow, the other runs a task. DBOS records what each has done, so that another
 * worker goes on where a dead one stopped; the records in the datastore stay the truth about results.
 */
import { DBOS, type WorkflowHandle } from "@dbos-inc/dbos-sdk";
import { openStore } from "../../../storage/index.js";
import { messageOf, SegueError } from "../../../system/index.js";
import { codeHash } from "../../code-hash.js";
import { moduleUrl } from "../../load-flow.js";
import { holdAsWorker } from "../../lock.js";
import { type DoneRecord, type EndRecord, keys, randomWord, recordText, withFailure } from "../../records.js";
import { isHopeless, retryDelay, wasKilled } from "../../retry.js";
import { Reuse } from "../../reuse.js";
import { failureOf, publishCaught, type TaskOutcome, writeFailure } from "../../task-runner.js";
import type { TaskSpec } from "../../task-spec.js";
import { type ReadyTask, Walk } from "../../walk.js";
import type { Places } from "../places.js";
import type { Pool } from "../pool.js";
import {
  type RunOrder,
  runWorkflow,
  type TaskAnswer,
  type Tried,
  taskQueue,
  taskWorkflow,
  taskWorkflowId,
  workflowId,
} from "./names.js";

export interface TaskContext {
  /** What tasks may take of this machine. */
  readonly places: Places;
  /** The pool for tasks of this version of the code. */
  poolFor(code: string): Pool;
  /** A signal that is aborted when the workflow is cancelled or the worker stops. */
  signalFor(workflowId: string): { signal: AbortSignal; release(): void };
  /** Says that this worker walks one more run, until what is returned is called. */
  walking(): () => void;
  /** Whether the worker ends its tasks because it ends itself. */
  isLeaving(): boolean;
  log(line: string): void;
}

const pollingIntervalMs = 150;

/** Makes both known to DBOS; to be called once, before DBOS is launched. */
export function registerWorkflows(context: TaskContext): void {
  const task = DBOS.registerWorkflow(
    (order: RunOrder, ready: ReadyTask, tried: Tried = untried) => runTask(context, order, ready, tried),
    { name: taskWorkflow, maxRecoveryAttempts: 1000 },
  );
  DBOS.registerWorkflow((order: RunOrder) => walkRun(context, order, task), {
    name: runWorkflow,
    maxRecoveryAttempts: 1000,
  });
}

type TaskFunction = (order: RunOrder, ready: ReadyTask, tried: Tried) => Promise<TaskAnswer>;

const untried: Tried = { failures: 0, losses: 0 };

/** Every decision follows from what DBOS recorded before, so a second walk takes the same way. */
async function walkRun(context: TaskContext, order: RunOrder, task: TaskFunction): Promise<EndRecord> {
  const { run } = order;
  context.log(`run ${workflowId(run.flow, run.run)}`);
  // Only what others see depends on it.
  const hold = await openStore(order.store)
    .then((store) => holdAsWorker(store, run.flow, run.run))
    .catch(() => undefined);
  const walked = context.walking();
  try {
    return await walkSteps(order, task);
  } finally {
    walked();
    await hold?.release().catch(() => {});
  }
}

async function walkSteps(order: RunOrder, task: TaskFunction): Promise<EndRecord> {
  const { run } = order;
  const walk = new Walk(run.nodes);
  const places = new Map<string, ReadyTask>();
  let waiting: WorkflowHandle<TaskAnswer>[] = [];
  let failed: EndRecord["failed"];
  const enqueue = async (ready: ReadyTask, tried = untried, delay = 0) => {
    const workflowID = taskWorkflowId(run, ready, tried.failures);
    places.set(workflowID, ready);
    const enqueueOptions = { delaySeconds: delay };
    const begun = await DBOS.startWorkflow(task, { workflowID, queueName: taskQueue, enqueueOptions })(
      order,
      ready,
      tried,
    );
    waiting.push(begun);
  };
  await enqueue(walk.start());
  while (waiting.length > 0) {
    const first = await DBOS.waitFirst(waiting, { pollingIntervalMs });
    waiting = waiting.filter((handle) => handle.workflowID !== first.workflowID);
    const ready = places.get(first.workflowID)!;
    const answer = (await first.getResult()) as TaskAnswer;
    if ("failed" in answer) failed = withFailure(failed, ready, answer.failed);
    else if ("again" in answer) await enqueue(ready, answer.again, answer.delay);
    else if (!failed) for (const next of walk.finish(ready, answer.done)) await enqueue(next);
  }
  return DBOS.runStep(
    async () => {
      const finished = new Date().toISOString();
      const end: EndRecord = failed ? { status: "failed", finished, failed } : { status: "done", finished };
      const store = await openStore(order.store);
      await store.putIfAbsent(keys.end(run.flow, run.run), recordText(end));
      return end;
    },
    { name: "end", ...patient },
  );
}

/** A datastore that does not answer for a while is tried again. */
const patient = { retriesAllowed: true, intervalSeconds: 1, maxAttempts: 6, backoffRate: 2 };

/** Tries until the task is done or has failed by itself; when it is to be tried again, it is queued anew and keeps no place. */
async function runTask(
  context: TaskContext,
  order: RunOrder,
  ready: ReadyTask,
  { failures, losses: lostBefore }: Tried,
): Promise<TaskAnswer> {
  const known = await DBOS.runStep(() => findKnown(order, ready), { name: "reuse", ...patient });
  if (known) return { done: known };
  const retry = ready.node.retry ?? { count: 0, delay: 1, backoff: 2 };
  const last = failures >= retry.count;
  for (let losses = lostBefore; ; losses++) {
    const number = failures + losses + 1;
    const result = await DBOS.runStep(
      () => attempt(context, order, ready, { number, last, tried: { failures, losses } }),
      { name: `attempt ${number}` },
    );
    if ("done" in result) return result;
    if (wasKilled(result.failed, losses)) continue;
    if (last || isHopeless(result.failed)) return result;
    return { again: { failures: failures + 1, losses }, delay: retryDelay(retry, failures + 1) };
  }
}

async function findKnown(order: RunOrder, ready: ReadyTask): Promise<DoneRecord | null> {
  const store = await openStore(order.store);
  return (await new Reuse(store, order.run, order.cache).find(ready)) ?? null;
}

/** One attempt, in a process of its own: however long it blocks, this worker goes on answering. */
async function attempt(
  context: TaskContext,
  order: RunOrder,
  ready: ReadyTask,
  { number, last, tried }: { number: number; last: boolean; tried: Tried },
): Promise<TaskOutcome> {
  const { run } = order;
  const id = taskWorkflowId(run, ready, tried.failures);
  const store = await openStore(order.store);
  const reuse = new Reuse(store, run, false);
  // A dead worker may have published its result without living to tell.
  const published = await reuse.find(ready);
  if (published) return { done: published };
  const module = codeOrProblem(run);
  if (module instanceof SegueError) {
    context.log(`${id}: ${module.message}`);
    return { failed: failureOf(module) };
  }
  const spec: TaskSpec = {
    flow: run.flow,
    run: run.run,
    module,
    store: order.store,
    parameters: run.parameters,
    sources: run.sources,
    ready,
    number,
    attempt: `${number}-${randomWord(4)}`,
    last,
  };
  const { signal, release } = context.signalFor(id);
  let giveBack: (() => void) | undefined;
  try {
    const excess = context.places.excess(ready.step, ready.node.resources);
    if (excess) context.log(`${id}: ${excess}`);
    try {
      giveBack = await context.places.take(ready.node.resources, signal);
    } catch {
      if (context.isLeaving()) return await new Promise<never>(() => {});
      return { failed: { kind: "error", message: "stopped" } };
    }
    const started = new Date().toISOString();
    context.log(`${id} attempt ${number}`);
    const result = await context.poolFor(run.code).run(spec, { signal, timeout: ready.node.timeout });
    if ("done" in result) {
      await new Reuse(store, run, order.cache).note(ready, result.done);
      return result;
    }
    // How a task was ended so is not to be recorded: whoever takes it over makes the same attempt.
    if (context.isLeaving()) return await new Promise<never>(() => {});
    if (signal.aborted) return result;
    await writeFailure(store, spec, started, result.failed);
    const isOver = (last || isHopeless(result.failed)) && !wasKilled(result.failed, tried.losses);
    if (isOver && ready.node.catch !== undefined) return publishCaught(store, spec, started, result.failed);
    return result;
  } finally {
    giveBack?.();
    release();
  }
}

/** The module's URL, or why this worker cannot run it. */
function codeOrProblem(run: RunOrder["run"]): string | SegueError {
  try {
    const url = moduleUrl(run.module);
    const code = codeHash(url);
    if (code === run.code) return url;
    return new SegueError(`this worker has other code than the run (${code} instead of ${run.code})`, {
      hint: "bring the worker's code up to date, start it again and resume the run",
      code: "other-code",
    });
  } catch (error) {
    return error instanceof SegueError ? error : new SegueError(messageOf(error));
  }
}

/**
 * The two workflows that workers run: one walks a flow, the other runs a task. DBOS records what each has done, so that another
 * worker continues where a dead one stopped. For results, the records in the datastore remain the source of truth.
 */
import { DBOS, type WorkflowHandle } from "@dbos-inc/dbos-sdk";
import { openStore } from "../../../storage/index.js";
import { messageOf, SegueError } from "../../../system/index.js";
import { codeHash } from "../../flow/code-hash.js";
import { moduleUrl } from "../../flow/load-flow.js";
import {
  type DoneRecord,
  type EndRecord,
  keys,
  randomWord,
  recordText,
  withFailure,
} from "../../records/records.js";
import { holdAsWorker } from "../../running/lock.js";
import { isHopeless, retryDelay, retryPolicy, wasKilled } from "../../running/retry.js";
import { Reuse } from "../../running/reuse.js";
import { type ReadyTask, Walk } from "../../running/walk.js";
import { failureOf, publishCaught, type TaskOutcome, writeFailure } from "../../task/task-runner.js";
import type { TaskSpec } from "../../task/task-spec.js";
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
import type { WorkUnderWay } from "./work-under-way.js";

const pollingIntervalMs = 150;

/** Registers both with DBOS; call it once, before DBOS is launched. */
export function registerWorkflows(worker: WorkUnderWay): void {
  const noted = async <T>(work: () => Promise<T>): Promise<T> => {
    const ended = worker.running(DBOS.workflowID!);
    return work().finally(ended);
  };
  const task = DBOS.registerWorkflow(
    (order: RunOrder, ready: ReadyTask, tried: Tried = untried) =>
      noted(() => runTask(worker, order, ready, tried)),
    { name: taskWorkflow, maxRecoveryAttempts: 1000 },
  );
  DBOS.registerWorkflow((order: RunOrder) => noted(() => walkRun(worker, order, task)), {
    name: runWorkflow,
    maxRecoveryAttempts: 1000,
  });
}

type TaskFunction = (order: RunOrder, ready: ReadyTask, tried: Tried) => Promise<TaskAnswer>;

const untried: Tried = { failures: 0, losses: 0 };

/** Walks a run. Deterministic, since every decision follows from what DBOS has recorded: a second walk repeats the first. */
async function walkRun(worker: WorkUnderWay, order: RunOrder, task: TaskFunction): Promise<EndRecord> {
  const { run } = order;
  worker.log(`run ${workflowId(run.flow, run.run)}`);
  // May fail: the mark only affects what status others see.
  const hold = await openStore(order.store)
    .then((store) => holdAsWorker(store, run.flow, run.run))
    .catch(() => undefined);
  try {
    return await walkSteps(order, task);
  } finally {
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

/** Retries while a datastore does not answer. */
const patient = { retriesAllowed: true, intervalSeconds: 1, maxAttempts: 6, backoffRate: 2 };

/** Runs attempts until the task is done or has failed by itself. For a retry it is queued again, so that it holds no slot. */
async function runTask(
  worker: WorkUnderWay,
  order: RunOrder,
  ready: ReadyTask,
  { failures, losses: lostBefore }: Tried,
): Promise<TaskAnswer> {
  const known = await DBOS.runStep(() => findKnown(order, ready), { name: "reuse", ...patient });
  if (known) return { done: known };
  const retry = ready.node.retry ?? retryPolicy(0);
  const last = failures >= retry.count;
  for (let losses = lostBefore; ; losses++) {
    const number = failures + losses + 1;
    const result = await DBOS.runStep(
      () => attempt(worker, order, ready, { number, last, tried: { failures, losses } }),
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

/** One attempt, in a process of its own, so that a blocking step does not block this worker. */
async function attempt(
  worker: WorkUnderWay,
  order: RunOrder,
  ready: ReadyTask,
  { number, last, tried }: { number: number; last: boolean; tried: Tried },
): Promise<TaskOutcome> {
  const { run } = order;
  const id = taskWorkflowId(run, ready, tried.failures);
  const store = await openStore(order.store);
  const reuse = new Reuse(store, run, order.cache);
  // A worker may have published the result and died before reporting it.
  const published = await reuse.published(ready);
  if (published) return { done: published };
  const module = codeOrProblem(run);
  const place = { flow: run.flow, run: run.run, ready, attempt: `${number}-${randomWord(4)}` };
  if (module instanceof SegueError) {
    worker.log(`${id}: ${module.message}`);
    const failed = failureOf(module);
    await writeFailure(store, place, new Date().toISOString(), failed);
    return { failed };
  }
  const spec: TaskSpec = {
    ...place,
    module,
    store: order.store,
    parameters: run.parameters,
    sources: run.sources,
    number,
    last,
  };
  const { signal, release } = worker.signalFor(id);
  let giveBack: (() => void) | undefined;
  try {
    const excess = worker.places.excess(ready.step, ready.node.resources);
    if (excess) worker.log(`${id}: ${excess}`);
    try {
      giveBack = await worker.places.take(ready.node.resources, signal);
    } catch {
      if (worker.isLeaving()) return await new Promise<never>(() => {});
      return { failed: { kind: "error", message: "stopped" } };
    }
    const started = new Date().toISOString();
    worker.log(`${id} attempt ${number}`);
    const result = await worker.poolFor(run.code).run(spec, { signal });
    if ("done" in result) {
      await reuse.note(ready, result.done);
      return result;
    }
    // A task killed by the shutdown is not recorded as failed: whoever takes it over makes the same attempt.
    if (worker.isLeaving()) return await new Promise<never>(() => {});
    if (signal.aborted) return result;
    await writeFailure(store, spec, started, result.failed);
    const isOver = (last || isHopeless(result.failed)) && !wasKilled(result.failed, tried.losses);
    return isOver ? publishCaught(store, spec, started, result.failed) : result;
  } finally {
    giveBack?.();
    release();
  }
}

/** The module's URL, or the error that says why this worker cannot run it. */
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

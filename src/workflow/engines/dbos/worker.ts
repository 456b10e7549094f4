/** A worker: takes tasks from the queue in Postgres and runs them in a pool of processes. There may be any number, on any machines. */
import { hostname } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { DBOS, type WorkflowStatus } from "@dbos-inc/dbos-sdk";
import { SegueError } from "../../../system/index.js";
import { randomWord } from "../../records/records.js";
import { Claims } from "./claims.js";
import { checkDatabase, connectionsTo, databaseError, quietLogger } from "./database.js";
import { application, applicationVersion, runQueue, taskQueue } from "./names.js";
import { WorkUnderWay } from "./work-under-way.js";
import { registerWorkflows } from "./workflows.js";

export interface WorkerOptions {
  readonly databaseUrl: string;
  /** The slots of this worker. How many tasks each worker takes from the queue is set by the worker that started last. */
  readonly maxWorkers: number;
  readonly log: (line: string) => void;
  /** Stops the worker: its tasks are killed, and others take them over. */
  readonly signal: AbortSignal;
}

const lookEvery = 1000;
/** How many runs one worker walks at once: walking costs next to nothing. */
const runsAtOnce = 50;

/**
 * Works until `signal` is aborted.
 *
 * @throws SegueError if the database cannot be reached, or another worker took over this one's tasks
 */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { databaseUrl, maxWorkers, log } = options;
  await checkDatabase(databaseUrl);
  const executor = `${hostname()}-${process.pid}-${randomWord(6)}`;
  const work = new WorkUnderWay(maxWorkers, log);
  const lost = new AbortController();
  const claims = new Claims(databaseUrl, executor, (why) => {
    work.giveUp();
    lost.abort(why);
  });
  registerWorkflows(work);
  const connections = connectionsTo(databaseUrl);
  DBOS.setConfig({
    name: application,
    systemDatabaseUrl: databaseUrl,
    systemDatabasePool: connections,
    applicationVersion,
    executorID: executor,
    logger: quietLogger,
    listenQueues: [runQueue, taskQueue],
  });
  // The claim comes before the first task, so that others can take over every task of this worker.
  try {
    await claims.open();
  } catch (error) {
    // An open connection would keep the failed command alive.
    await claims.abandon();
    await connections.end();
    throw databaseError(error, databaseUrl);
  }
  try {
    await launch(claims, maxWorkers);
    log(`worker ${executor} is ready for ${maxWorkers} tasks at once`);
    await watch(claims, executor, work, AbortSignal.any([options.signal, lost.signal]));
  } catch (error) {
    throw databaseError(error, databaseUrl);
  } finally {
    // DBOS.shutdown() would wait for every run that this worker walks.
    if (await work.close()) {
      log("its tasks are left to other workers");
      await claims.abandon();
    } else {
      await DBOS.shutdown().catch(() => {});
      await connections.end();
      await claims.close();
    }
  }
  if (lost.signal.aborted)
    throw new SegueError(`worker ${executor} stops: ${lost.signal.reason}`, {
      hint: "start it again: segue worker",
    });
}

/** Starts DBOS, which takes work from the queues from then on. */
async function launch(claims: Claims, maxWorkers: number): Promise<void> {
  await claims.alone("segue-launch", () => DBOS.launch());
  await DBOS.registerQueue(runQueue, {
    workerConcurrency: runsAtOnce,
    minPollingIntervalMs: 250,
    onConflict: "always_update",
  });
  await DBOS.registerQueue(taskQueue, {
    workerConcurrency: maxWorkers,
    minPollingIntervalMs: 100,
    onConflict: "always_update",
  });
}

/** Looks again and again, until `stop` is aborted, for dead workers, cancelled tasks and dropped work. */
async function watch(claims: Claims, executor: string, work: WorkUnderWay, stop: AbortSignal): Promise<void> {
  const look = async () => {
    await takeOver(claims, work.log);
    await work.stopCancelled();
    await requeueDropped(executor, work);
  };
  while (!stop.aborted) {
    // Waits for a database that is unreachable for a while; Claims gives up after two minutes.
    await look().catch(() => {});
    await wait(lookEvery, undefined, { signal: stop }).catch(() => {});
  }
}

/** Queues the runs and tasks of workers that have died for any worker. */
async function takeOver(claims: Claims, log: (line: string) => void): Promise<void> {
  await claims.eachDead(async (dead) => {
    const left = await pendingOf(dead);
    await requeue(left);
    log(`took over ${left.length} workflows of ${dead}, which is gone`);
  });
}

async function requeueDropped(executor: string, work: WorkUnderWay): Promise<void> {
  const pending = await pendingOf(executor);
  const dropped = work.dropped(
    pending.map(({ workflowID }) => workflowID),
    performance.now(),
  );
  if (dropped.length === 0) return;
  await requeue(pending.filter(({ workflowID }) => dropped.includes(workflowID)));
  work.log(`queued again after an error of the database: ${dropped.join(", ")}`);
}

function pendingOf(executorId: string): Promise<WorkflowStatus[]> {
  return DBOS.listWorkflows({ executorId, status: "PENDING", loadInput: false, loadOutput: false });
}

async function requeue(workflows: readonly WorkflowStatus[]): Promise<void> {
  for (const queueName of [runQueue, taskQueue]) {
    const own = workflows.filter((each) => each.queueName === queueName).map((each) => each.workflowID);
    if (own.length > 0) await DBOS.resumeWorkflows(own, { queueName });
  }
}

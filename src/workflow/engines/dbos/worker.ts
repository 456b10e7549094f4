/** A worker: takes tasks from the queue in Postgres and runs them in a pool of processes. There may be any number, on any machines. */
import { hostname } from "node:os";
import { DBOS } from "@dbos-inc/dbos-sdk";
import { remembered, SegueError } from "../../../system/index.js";
import { randomWord } from "../../records/records.js";
import { Places } from "../places.js";
import { Pool } from "../pool.js";
import { Claims } from "./claims.js";
import { checkDatabase, connectionsTo, databaseError, quietLogger } from "./database.js";
import { application, applicationVersion, runQueue, taskQueue } from "./names.js";
import { registerWorkflows, type TaskContext } from "./workflows.js";

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
  const { databaseUrl, log, signal } = options;
  await checkDatabase(databaseUrl);
  const executor = `${hostname()}-${process.pid}-${randomWord(6)}`;
  const pools = new Map<string, Pool>();
  const active = new Map<string, AbortController>();
  let failure: string | undefined;
  let isLeaving = false;
  let walks = 0;
  let wake = () => {};
  const claims = new Claims(databaseUrl, executor, (why) => {
    failure = why;
    isLeaving = true;
    for (const controller of active.values()) controller.abort();
    wake();
  });
  signal.addEventListener("abort", () => wake(), { once: true });
  const context: TaskContext = {
    places: new Places(options.maxWorkers),
    poolFor: (code) =>
      remembered(pools, code, () => {
        // Processes with older code are of no more use.
        for (const old of pools.values()) old.retire();
        return new Pool();
      }),
    signalFor(id) {
      const controller = new AbortController();
      active.set(id, controller);
      return { signal: controller.signal, release: () => active.delete(id) };
    },
    walking() {
      walks++;
      return () => walks--;
    },
    isLeaving: () => isLeaving,
    log,
  };
  registerWorkflows(context);
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
    await claims.alone("segue-launch", () => DBOS.launch());
    await DBOS.registerQueue(runQueue, {
      workerConcurrency: runsAtOnce,
      minPollingIntervalMs: 250,
      onConflict: "always_update",
    });
    await DBOS.registerQueue(taskQueue, {
      workerConcurrency: options.maxWorkers,
      minPollingIntervalMs: 100,
      onConflict: "always_update",
    });
    log(`worker ${executor} is ready for ${options.maxWorkers} tasks at once`);
    while (!signal.aborted && failure === undefined) {
      // Waits for a database that is unreachable for a while; Claims gives up after two minutes.
      await look(claims, active, log).catch(() => {});
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, lookEvery);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } catch (error) {
    throw databaseError(error, databaseUrl);
  } finally {
    // The unfinished work stays in this worker's name; others take it over as after a crash.
    isLeaving = true;
    // DBOS.shutdown() would wait for every run that this worker walks.
    const leaving = active.size > 0 || walks > 0;
    for (const pool of pools.values()) await pool.close();
    if (leaving) {
      log("its tasks are left to other workers");
      await claims.abandon();
    } else {
      await DBOS.shutdown().catch(() => {});
      await connections.end();
      await claims.close();
    }
  }
  if (failure !== undefined)
    throw new SegueError(`worker ${executor} stops: ${failure}`, { hint: "start it again: segue worker" });
}

async function look(
  claims: Claims,
  active: ReadonlyMap<string, AbortController>,
  log: (line: string) => void,
): Promise<void> {
  await claims.eachDead(async (dead) => {
    const left = await DBOS.listWorkflows({
      executorId: dead,
      status: "PENDING",
      loadInput: false,
      loadOutput: false,
    });
    for (const queueName of [runQueue, taskQueue]) {
      const own = left.filter((each) => each.queueName === queueName).map((each) => each.workflowID);
      if (own.length > 0) await DBOS.resumeWorkflows(own, { queueName });
    }
    log(`took over ${left.length} workflows of ${dead}, which is gone`);
  });
  if (active.size === 0) return;
  const cancelled = await DBOS.listWorkflows({
    workflowIDs: [...active.keys()],
    status: "CANCELLED",
    loadInput: false,
    loadOutput: false,
  });
  for (const { workflowID } of cancelled) {
    log(`${workflowID} is cancelled`);
    active.get(workflowID)?.abort();
  }
}

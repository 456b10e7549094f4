/**
 * A pool of task processes, as many as tasks run at once. They are warm: a process that ended a task well takes the next one, so
 * that an empty step does not pay for starting Node. One whose task failed, or that grew large, is not used again.
 */
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type ProgressReport, usableMemory } from "../../system/index.js";
import type { AnyFlow } from "../flow/flow.js";
import { modulePlace, moduleUrl } from "../flow/load-flow.js";
import type { TaskFailure } from "../flow/types.js";
import type { DoneRecord } from "../records/records.js";
import { residentMb } from "../task/processes.js";
import { folderOf, type TaskSpec } from "../task/task-spec.js";
import { lost } from "./lost.js";
import { kill, startProcess, type TaskProcess, tell } from "./task-process.js";
import { TaskStop } from "./task-stop.js";

/** How one attempt ended. */
export type AttemptResult = { readonly done: DoneRecord } | { readonly failed: TaskFailure };

export interface AttemptEvents {
  onLog?(stream: "out" | "err", line: string): void;
  onProgress?(report: ProgressReport): void;
}

/** Limits on the time that a process takes to start and to load its flow. */
export interface LoadingTimes {
  /** Seconds after which a message says so. Default 30. */
  readonly told?: number;
  /** Seconds after which the process is stopped. Default 600. */
  readonly ended?: number;
}

/**
 * A process that holds more than this many MiB after its task is not reused. What it has loaded is useful to the next task, but
 * all processes together should keep at most a fifth of the usable memory; each may keep 512 to 1536 MiB.
 */
function largeMb(processes: number): number {
  const share = usableMemory() / 2 ** 20 / 5 / Math.max(2, processes);
  return Math.max(512, Math.min(1536, share));
}

/** Milliseconds before an idle process preloads the next flows. Between two steps it must stay ready. */
const idleMs = 50;

interface FlowModule {
  readonly module: string;
  readonly flow: string;
}

const topLevel = "do slow work within a step: look for an await outside of any function";

/** A pool of processes that run tasks, one after the other. Several runs can share a pool. */
export class Pool {
  readonly #idle: TaskProcess[] = [];
  readonly #all = new Set<TaskProcess>();
  readonly #expected: FlowModule[] = [];
  /** One for each process that still writes the card of its finished task: settles when it is free, or gone. */
  readonly #finishing = new Set<Promise<void>>();
  #closed = false;
  readonly #loading: LoadingTimes;

  constructor(loading: LoadingTimes = {}) {
    this.#loading = loading;
  }

  /** Starts processes in advance, up to `count` in all, and lets them load the flow. */
  warm(count: number, flow: FlowModule): void {
    while (this.#all.size < count && !this.#closed) {
      const worker = this.#start();
      this.#idle.push(worker);
      this.#prepare(worker, flow);
    }
  }

  /**
   * Announces the flows that will run, in this order. Starts one process for the first; others, up to `count` in all, preload the
   * rest, and so does every idle process later.
   */
  expect(flows: readonly AnyFlow[], count: number): void {
    this.#expected.push(...flows.map((flow) => ({ flow: flow.name, module: modulePlace(flow.module) })));
    const [first, ...rest] = this.#expected;
    if (first === undefined) return;
    this.warm(1, first);
    while (this.#all.size < count && !this.#closed) {
      const worker = this.#start();
      // In front: the first task should get the process that has loaded only its flow.
      this.#idle.unshift(worker);
      for (const flow of rest) this.#prepare(worker, flow);
    }
  }

  /** Runs one attempt; it has its process to itself until it ends. Never rejects. */
  async run(
    spec: TaskSpec,
    options: AttemptEvents & { readonly signal: AbortSignal },
  ): Promise<AttemptResult> {
    while (this.#idle.length === 0 && this.#finishing.size > 0) await Promise.race(this.#finishing);
    if (this.#closed && options.signal.aborted) return { failed: { kind: "error", message: "stopped" } };
    const worker = this.#take(spec.flow);
    const { child } = worker;
    const stop = new TaskStop(worker, spec.ready);
    const onAbort = () => stop.now({ kind: "error", message: "stopped" });
    // The step's timeout does not include the time to start the process and load the flow.
    const loading = this.#watchLoading(spec, (why) => {
      if (typeof why === "string") options.onLog?.("err", `process ${child.pid} ${why}`);
      else stop.now({ ...why, message: `its process (${child.pid}) ${why.message}` });
    });
    try {
      const freed = new Promise<void>((resolve) => {
        worker.free = resolve;
      });
      const answered = new Promise<AttemptResult>((resolve) => {
        worker.receive = (message) => {
          if (message.type === "begun") {
            loading.stop();
            stop.afterTimeout();
          } else if (message.type === "log") options.onLog?.(message.stream, message.line);
          else if (message.type === "progress") options.onProgress?.(message.report);
          else if (message.type === "done") resolve({ done: message.record });
          else if (message.type === "failed") resolve({ failed: message.error });
        };
      });
      worker.print = options.onLog;
      const folder = folderOf(spec, worker.owner);
      worker.folder = folder;
      if (options.signal.aborted) onAbort();
      else options.signal.addEventListener("abort", onAbort, { once: true });
      tell(worker, { type: "run", spec });
      const result = await Promise.race([
        answered,
        worker.died.then((death): AttemptResult => ({ failed: lost(child.pid, death, this.#busy) })),
      ]);
      if ("done" in result) {
        if (stop.why) kill(worker);
        else this.#finish(worker, freed);
        return result;
      }
      kill(worker);
      await worker.exited;
      await rm(folder, { recursive: true, force: true }).catch(() => {});
      return { failed: stop.why ?? worker.spoiled ?? result.failed };
    } finally {
      loading.stop();
      stop.end();
      options.signal.removeEventListener("abort", onAbort);
      worker.receive = undefined;
      worker.print = undefined;
      worker.folder = undefined;
    }
  }

  /** Reports that a flow is slow to load, and later that it has taken too long. */
  #watchLoading(spec: TaskSpec, say: (why: string | TaskFailure) => void): { stop(): void } {
    const { told = 30, ended = 600 } = this.#loading;
    const path = fileURLToPath(spec.module);
    const first = setTimeout(() => say(`is still loading ${path} after ${told} s`), told * 1000);
    const last = setTimeout(
      () => say({ kind: "timeout", message: `has not loaded ${path} within ${ended} s`, hint: topLevel }),
      ended * 1000,
    );
    return {
      stop() {
        clearTimeout(first);
        clearTimeout(last);
      },
    };
  }

  /** Waits until the cards of all finished tasks are written. */
  async settled(): Promise<void> {
    while (this.#finishing.size > 0) await Promise.all(this.#finishing);
  }

  /** Lets running tasks finish, and reuses no process. */
  retire(): void {
    this.#closed = true;
    for (const worker of this.#idle) kill(worker);
  }

  /** Kills every process, and waits until they are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#all];
    for (const worker of all) kill(worker);
    await Promise.all(all.map((worker) => worker.exited));
  }

  /** How many living processes run tasks. */
  get #busy(): number {
    return this.#all.size - this.#idle.length;
  }

  #start(): TaskProcess {
    const worker = startProcess();
    this.#all.add(worker);
    void worker.exited.then(() => {
      clearTimeout(worker.idle);
      this.#all.delete(worker);
      const place = this.#idle.indexOf(worker);
      if (place >= 0) this.#idle.splice(place, 1);
    });
    return worker;
  }

  #finish(worker: TaskProcess, freed: Promise<void>): void {
    const finishing = Promise.race([freed, worker.exited]).then(() => {
      this.#finishing.delete(finishing);
      this.#release(worker);
    });
    this.#finishing.add(finishing);
  }

  #release(worker: TaskProcess): void {
    if (this.#closed || residentMb(worker.child.pid!) > largeMb(this.#all.size)) kill(worker);
    else if (this.#all.has(worker)) {
      this.#idle.push(worker);
      worker.idle = setTimeout(() => {
        for (const flow of this.#expected) this.#prepare(worker, flow);
      }, idleMs).unref();
    }
  }

  /**
   * An idle process: preferably one that has loaded the flow, else one that is not loading others, else any; of several the one
   * used last. A new one if none is idle.
   */
  #take(flow: string): TaskProcess {
    const isFree = (worker: TaskProcess) => worker.prepared.size === worker.told.size;
    const places = [
      this.#idle.findLastIndex((worker) => isFree(worker) && worker.prepared.has(flow)),
      this.#idle.findLastIndex(isFree),
      this.#idle.length - 1,
    ];
    const place = places.find((each) => each >= 0);
    const worker = place === undefined ? this.#start() : this.#idle.splice(place, 1)[0]!;
    clearTimeout(worker.idle);
    return worker;
  }

  #prepare(worker: TaskProcess, { module, flow }: FlowModule): void {
    if (worker.told.has(flow)) return;
    worker.told.add(flow);
    tell(worker, { type: "prepare", module: moduleUrl(module), flow });
  }
}

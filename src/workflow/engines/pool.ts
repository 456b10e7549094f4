/**
 * A bounded pool of task processes. They are warm: a process that ended a task well takes the next one, so that an empty step
 * does not pay for starting Node. One whose task failed, or that grew large, is not used again.
 */
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type ProgressReport, usableMemory } from "../../system/index.js";
import type { AnyFlow } from "../flow.js";
import { modulePlace, moduleUrl } from "../load-flow.js";
import { residentMb } from "../processes.js";
import type { DoneRecord } from "../records.js";
import { folderOf, type TaskSpec } from "../task-spec.js";
import type { TaskFailure } from "../types.js";
import { lost } from "./lost.js";
import { kill, startProcess, type TaskProcess, tell } from "./task-process.js";

/** How one attempt ended. "lost": its process died before it could say anything. */
export type AttemptResult = { readonly done: DoneRecord } | { readonly failed: TaskFailure };

export interface AttemptEvents {
  onLog?(stream: "out" | "err", line: string): void;
  onProgress?(report: ProgressReport): void;
  /** The process that took the task. */
  onStart?(pid: number): void;
}

/** How many seconds a process may take to end by itself before it is killed, where its step says no other. */
const graceSeconds = 1;

/** How long a process may take to start and to load its flow. */
export interface LoadingTimes {
  /** Seconds after which it is said. Default 30. */
  readonly told?: number;
  /** Seconds after which it is ended. Default 600. */
  readonly ended?: number;
}

/**
 * A process that holds more than this after its task is not used again. What it has read is worth keeping for the next task, but all
 * processes together keep no more than a fifth of the memory that may be used, each between 512 MB and three times as much.
 */
function largeMb(processes: number): number {
  const share = usableMemory() / 2 ** 20 / 5 / Math.max(2, processes);
  return Math.max(512, Math.min(1536, share));
}

/** A process that was idle for so long has nothing to do: it loads flows ahead. Between two steps it has to be ready. */
const idleMs = 50;

interface FlowModule {
  readonly module: string;
  readonly flow: string;
}

const topLevel = "what takes long belongs into a step: look for an await outside of any function";

/** The processes that tasks run in; one that is done with its task takes the next one. Several runs can share one. */
export class Pool {
  readonly #idle: TaskProcess[] = [];
  readonly #all = new Set<TaskProcess>();
  readonly #expected: FlowModule[] = [];
  /** Of each process whose task is done and that still writes the task's card: settles when it is free, or gone. */
  readonly #finishing = new Set<Promise<void>>();
  #closed = false;
  readonly #loading: LoadingTimes;

  constructor(loading: LoadingTimes = {}) {
    this.#loading = loading;
  }

  /** Starts processes ahead of the tasks, so that those need not wait for them, and lets them load the flow. */
  warm(count: number, flow: FlowModule): void {
    while (this.#all.size < count && !this.#closed) {
      const worker = this.#start();
      this.#idle.push(worker);
      this.#prepare(worker, flow);
    }
  }

  /**
   * Flows that will run, in this order. One process is started for the first of them; others, up to `count` in all, load the rest
   * meanwhile, and so does every process that has nothing to do.
   */
  expect(flows: readonly AnyFlow[], count: number): void {
    this.#expected.push(...flows.map((flow) => ({ flow: flow.name, module: modulePlace(flow.module) })));
    const [first, ...rest] = this.#expected;
    if (first === undefined) return;
    this.warm(1, first);
    while (this.#all.size < count && !this.#closed) {
      const worker = this.#start();
      // In front: the first task is for the process that has loaded nothing but its flow.
      this.#idle.unshift(worker);
      for (const flow of rest) this.#prepare(worker, flow);
    }
  }

  /** Runs one attempt in a process of its own for as long as it lasts. Never rejects. */
  async run(
    spec: TaskSpec,
    options: AttemptEvents & { readonly timeout?: number; readonly signal: AbortSignal },
  ): Promise<AttemptResult> {
    while (this.#idle.length === 0 && this.#finishing.size > 0) await Promise.race(this.#finishing);
    if (this.#closed && options.signal.aborted) return { failed: { kind: "error", message: "stopped" } };
    const worker = this.#take(spec.flow);
    const { child } = worker;
    options.onStart?.(child.pid!);
    let stopped: TaskFailure | undefined;
    let late: NodeJS.Timeout | undefined;
    const stop = (failure: TaskFailure) => {
      stopped ??= failure;
      tell(worker, { type: "cancel", why: failure.message });
      const grace = spec.ready.node.grace ?? graceSeconds;
      late ??= setTimeout(() => kill(worker), grace * 1000).unref();
    };
    const onAbort = () => stop({ kind: "error", message: "stopped" });
    const { step, node } = spec.ready;
    let timer: NodeJS.Timeout | undefined;
    const stopAfter = (seconds: number) => {
      clearTimeout(timer);
      const message = `step "${step}" took longer than its timeout of ${node.timeout} s`;
      const hint = "give it more time: timeout on the step";
      timer = setTimeout(() => stop({ kind: "timeout", message, hint }), seconds * 1000);
    };
    // The process has to start and to load the flow first; that time is not the step's.
    const loading = this.#watchLoading(spec, (why) => {
      if (typeof why === "string") options.onLog?.("err", `process ${child.pid} ${why}`);
      else stop({ ...why, message: `its process (${child.pid}) ${why.message}` });
    });
    try {
      const freed = new Promise<void>((resolve) => {
        worker.free = resolve;
      });
      const answered = new Promise<AttemptResult>((resolve) => {
        worker.receive = (message) => {
          if (message.type === "begun") {
            loading.stop();
            if (options.timeout !== undefined) stopAfter(options.timeout);
          } else if (message.type === "log") options.onLog?.(message.stream, message.line);
          else if (message.type === "progress") options.onProgress?.(message.report);
          else if (message.type === "done") resolve({ done: message.record });
          else if (message.type === "failed") resolve({ failed: message.error });
        };
      });
      worker.print = options.onLog;
      worker.folder = folderOf(spec);
      if (options.signal.aborted) onAbort();
      else options.signal.addEventListener("abort", onAbort, { once: true });
      tell(worker, { type: "run", spec });
      const result = await Promise.race([
        answered,
        worker.died.then((death): AttemptResult => ({ failed: lost(child.pid, death) })),
      ]);
      if ("done" in result) {
        if (stopped) kill(worker);
        else this.#finish(worker, freed);
        return result;
      }
      kill(worker);
      await worker.exited;
      await rm(folderOf(spec), { recursive: true, force: true }).catch(() => {});
      return { failed: stopped ?? worker.spoiled ?? result.failed };
    } finally {
      loading.stop();
      clearTimeout(timer);
      clearTimeout(late);
      options.signal.removeEventListener("abort", onAbort);
      worker.receive = undefined;
      worker.print = undefined;
      worker.folder = undefined;
    }
  }

  /** Says that a flow is long in loading, then that it is too long. */
  #watchLoading(spec: TaskSpec, say: (why: string | TaskFailure) => void): { stop(): void } {
    const { told = 30, ended = 600 } = this.#loading;
    const path = fileURLToPath(spec.module);
    const first = setTimeout(() => say(`is still loading ${path}, for ${told} s by now`), told * 1000);
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

  /** Waits until the cards of all tasks that are done are written. */
  async settled(): Promise<void> {
    while (this.#finishing.size > 0) await Promise.all(this.#finishing);
  }

  /** Lets running tasks end and keeps no process for more. */
  retire(): void {
    this.#closed = true;
    for (const worker of this.#idle) kill(worker);
  }

  /** Ends every process, and waits until they are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#all];
    for (const worker of all) kill(worker);
    await Promise.all(all.map((worker) => worker.exited));
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
   * An idle process: one that has loaded the flow, else one that is not loading others at the moment, of several the one that was
   * busy last; a new one where none is idle.
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

/** The engine for one machine: a bounded pool of child processes, and files. No server, no database. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../../storage/index.js";
import { usableCores } from "../../system/index.js";
import { moduleUrl } from "../flow/load-flow.js";
import { type EndRecord, type RunRecord, randomWord, withFailure } from "../records/records.js";
import type { RunListener } from "../running/events.js";
import { isHopeless, retryDelay, retryPolicy, wasKilled } from "../running/retry.js";
import type { Reuse } from "../running/reuse.js";
import { type ReadyTask, Walk } from "../running/walk.js";
import { publishCaught, writeFailure } from "../task/task-runner.js";
import type { TaskSpec } from "../task/task-spec.js";
import { Places } from "./places.js";
import type { AttemptResult, Pool } from "./pool.js";

export interface EngineOptions {
  readonly store: Store;
  readonly run: RunRecord;
  readonly reuse: Reuse;
  readonly maxWorkers: number;
  /** The pool that runs the tasks; the engine does not close it. */
  readonly pool: Pool;
  readonly listener: RunListener;
  readonly signal: AbortSignal;
}

/** Runs all steps and returns the end record. A failed step does not reject. */
export function runLocal(options: EngineOptions): Promise<EndRecord> {
  return new LocalEngine(options).run();
}

class LocalEngine {
  readonly #options: EngineOptions;
  readonly #walk: Walk;
  readonly #queue: ReadyTask[] = [];
  readonly #places: Places;
  #active = 0;
  #failed: EndRecord["failed"];
  #wake: () => void = () => {};
  #broken: unknown;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#walk = new Walk(options.run.nodes);
    this.#places = new Places(options.maxWorkers);
  }

  async run(): Promise<EndRecord> {
    const { signal, run, pool, maxWorkers, listener } = this.#options;
    for (const { name, resources } of run.nodes) {
      const line = this.#places.excess(name, resources);
      if (line) listener({ type: "task-log", step: name, task: "0", stream: "err", line });
    }
    const onAbort = () => this.#wake();
    signal.addEventListener("abort", onAbort);
    try {
      this.#take([this.#walk.start()]);
      this.#startWhatFits();
      // Starts the processes for parallel tasks while the first step runs.
      if (run.nodes.some((node) => node.kind === "foreach"))
        pool.warm(Math.min(maxWorkers, usableCores()), run);
      for (;;) {
        this.#startWhatFits();
        if (this.#active === 0 && (this.#queue.length === 0 || this.#stopping)) break;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
    if (this.#broken) throw this.#broken;
    const finished = new Date().toISOString();
    if (signal.aborted && !this.#failed) return { status: "stopped", finished };
    if (this.#failed) return { status: "failed", finished, failed: this.#failed };
    return { status: "done", finished };
  }

  /** Whether to start no more tasks. Running ones may finish, so that they need not run again. */
  get #stopping(): boolean {
    return this.#failed !== undefined || this.#broken !== undefined || this.#options.signal.aborted;
  }

  #take(tasks: readonly ReadyTask[]): void {
    for (const task of tasks) this.#queue.push(task);
    for (const step of new Set(tasks.map((task) => task.step)))
      this.#options.listener({ type: "step-known", step, tasks: this.#walk.known(step) });
  }

  #startWhatFits(): void {
    while (this.#queue.length > 0 && !this.#stopping) {
      const next = this.#queue[0]!;
      const giveBack = this.#places.tryTake(next.node.resources);
      if (!giveBack) return;
      this.#queue.shift();
      this.#active++;
      const held = { giveBack };
      this.#task(next, held)
        .catch((error: unknown) => {
          this.#broken ??= error;
        })
        .finally(() => {
          held.giveBack();
          this.#active--;
          this.#wake();
        });
    }
  }

  async #task(ready: ReadyTask, held: HeldPlace): Promise<void> {
    const { reuse, listener } = this.#options;
    const known = await reuse.find(ready);
    const result = known ? { done: known } : await this.#attempts(ready, held);
    if (!result) return;
    if ("failed" in result) {
      this.#failed = withFailure(this.#failed, ready, result.failed);
      listener({ type: "task-failed", step: ready.step, task: ready.task, error: result.failed });
      return;
    }
    if (!known) await reuse.note(ready, result.done);
    listener({ type: "task-done", record: result.done });
    this.#take(this.#walk.finish(ready, result.done));
  }

  /** Runs attempts until the task is done or has failed; undefined if the run was stopped before that. */
  async #attempts(ready: ReadyTask, held: HeldPlace): Promise<AttemptResult | undefined> {
    const { listener, signal, store, run } = this.#options;
    const retry = ready.node.retry ?? retryPolicy(0);
    let failures = 0;
    let losses = 0;
    for (let number = 1; ; number++) {
      if (signal.aborted) return undefined;
      const spec: TaskSpec = {
        flow: run.flow,
        run: run.run,
        module: moduleUrl(run.module),
        store: store.url,
        parameters: run.parameters,
        sources: run.sources,
        ready,
        number,
        attempt: `${number}-${randomWord(4)}`,
        last: failures >= retry.count,
      };
      const place = { step: ready.step, task: ready.task };
      const started = new Date().toISOString();
      listener({ type: "task-started", ...place, attempt: number });
      const result = await this.#options.pool.run(spec, {
        signal,
        onLog: (stream, line) => listener({ type: "task-log", ...place, stream, line }),
        onProgress: (report) => listener({ type: "task-progress", ...place, report }),
      });
      if ("done" in result) return result;
      if (signal.aborted) return undefined;
      const error = result.failed;
      const published = error.kind === "error" ? undefined : await this.#options.reuse.published(ready);
      if (published) return { done: published };
      await writeFailure(store, spec, started, error);
      const wasLost = wasKilled(error, losses);
      if (wasLost) losses++;
      else if (spec.last || isHopeless(error)) return publishCaught(store, spec, started, error);
      else failures++;
      const delay = wasLost ? 0 : retryDelay(retry, failures);
      listener({ type: "task-retry", ...place, error, delay, attempt: number + 1 });
      if (delay > 0) await this.#waitElsewhere(delay, ready, held);
    }
  }

  /** Gives the slot to other tasks during a retry delay, then waits for one again, or until the run is stopped. */
  async #waitElsewhere(seconds: number, { node }: ReadyTask, held: HeldPlace): Promise<void> {
    const { signal } = this.#options;
    held.giveBack();
    this.#wake();
    try {
      await sleep(seconds * 1000, undefined, { signal });
      held.giveBack = await this.#places.take(node.resources, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

/** The slots that a running task holds. */
interface HeldPlace {
  giveBack: () => void;
}

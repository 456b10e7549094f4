/** Runs the epochs of a session on worker threads or, if memory cannot be shared, on this thread in small slices. */
import type { Worker } from "node:worker_threads";
import { Turns, untilAborted } from "../../system/index.js";
import type { Session } from "../kernel/session.js";
import { returnThread, takeThread } from "./idle-threads.js";
import { type EpochTotals, Work } from "./work.js";

/** Called after each epoch, while training waits (unless `atOnce`); false ends the training. */
export type AfterEpoch = (totals: EpochTotals) => Promise<boolean>;

/**
 * Training threads, started before the session is prepared: starting them takes about as long as counting tracks and filling the
 * matrices.
 */
export class Crew {
  readonly #workers: Worker[];
  /** Resolves when a thread fails, even before it is needed. */
  readonly #failed: Promise<Error>;
  /** Threads with unfinished work. */
  #running = 0;
  #done = false;

  constructor(threads: number) {
    this.#workers = Array.from({ length: threads }, takeThread);
    this.#failed = new Promise((resolve) => {
      for (const worker of this.#workers) {
        worker.once("error", resolve);
        worker.once("exit", (code) => resolve(new Error(`a training thread ended with code ${code}`)));
      }
    });
  }

  /**
   * Trains. To be called once.
   *
   * @param atOnce whether an epoch may begin before `afterEpoch` of the previous one returns, so that threads never wait for it
   * @throws the signal's reason if it is aborted; no thread is left running in any case
   */
  async run(session: Session, afterEpoch: AfterEpoch, atOnce: boolean, signal?: AbortSignal): Promise<void> {
    const { job, control } = session;
    const { epochs } = job.options;
    const stop = () => control.stop();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      signal?.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        this.#failed.then(reject);
        this.#running = job.threads;
        let judged: Promise<void> = Promise.resolve();
        const judge = (totals: EpochTotals) => {
          judged = judged
            .then(() => afterEpoch(totals))
            .then((goOn) => {
              if (goOn && totals.epoch + 1 < epochs) control.startEpoch(totals.epoch + 1);
              else stop();
            });
          // A callback that fails ends the training, not the process.
          judged.catch(reject);
        };
        // With `atOnce`, the message about an epoch may arrive before another thread's message about the previous one.
        const heard = new Map<number, EpochTotals>();
        let next = job.firstEpoch;
        const ended = (totals: EpochTotals) => {
          heard.set(totals.epoch, totals);
          for (let turn = heard.get(next); turn; turn = heard.get(next)) {
            heard.delete(next++);
            judge(turn);
          }
        };
        const left = () => {
          this.#running--;
          if (this.#running > 0) return;
          // After the last epoch the threads leave while `afterEpoch` still runs; an abort does not wait for it.
          if (signal?.aborted) resolve();
          else judged.then(resolve, reject);
        };
        for (const [thread, worker] of this.#workers.slice(0, job.threads).entries()) {
          worker.on("message", (message: EpochTotals | "left") =>
            message === "left" ? left() : ended(message),
          );
          worker.postMessage({ job, thread });
        }
        control.startEpoch(atOnce ? epochs - 1 : job.firstEpoch);
      });
      this.#done = this.#running === 0 && !signal?.aborted;
      for (const worker of this.#workers)
        keptBy.set(worker, (keptBy.get(worker) ?? 0) + job.layout.totalBytes);
    } finally {
      stop();
      signal?.removeEventListener("abort", stop);
      await this.end();
    }
    signal?.throwIfAborted();
  }

  /** Ends the threads. Waits only if they have work: a thread that is still starting may take long to end on a busy machine. */
  async end(): Promise<void> {
    const ending: Promise<number>[] = [];
    for (const worker of this.#workers.splice(0)) {
      if (this.#done && (keptBy.get(worker) ?? 0) < MOST_KEPT) returnThread(worker);
      else ending.push(worker.terminate());
    }
    if (this.#running > 0) await Promise.all(ending);
  }
}

/**
 * Total bytes of the trainings each thread worked on. The thread retains this memory, since its heap stays so small that no
 * garbage collection runs. A thread that retains too much is ended rather than reused.
 */
const keptBy = new WeakMap<Worker, number>();
const MOST_KEPT = 2 ** 28;

/** @throws the signal's reason if it is aborted */
export async function runOnThisThread(
  session: Session,
  afterEpoch: AfterEpoch,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const { job } = session;
  const work = new Work(job, 0);
  // One for all epochs: on a small corpus an epoch is shorter than a slice.
  const turns = new Turns(signal);
  for (let epoch = job.firstEpoch; epoch < job.options.epochs; epoch++) {
    const step = Math.max(1, work.shards);
    for (let chunk = 0; chunk < job.chunkCount; chunk += step) {
      if (work.shards > 0) work.kernel.runRound(epoch, chunk);
      else work.kernel.runChunk(epoch, chunk);
      session.control.nextChunk = Math.min(chunk + step, job.chunkCount);
      if (turns.due) await turns.take();
    }
    if (!(await untilAborted(afterEpoch(work.totals(epoch)), signal))) return;
    session.control.nextChunk = 0;
  }
}

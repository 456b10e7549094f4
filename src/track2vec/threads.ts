/** Runs the epochs of a session: on worker threads, or, where memory cannot be shared, on this thread in small slices. */
import type { Worker } from "node:worker_threads";
import { Turns, untilAborted } from "../system/index.js";
import { returnThread, takeThread } from "./idle-threads.js";
import type { Session } from "./session.js";
import { type EpochTotals, Work } from "./work.js";

/** Called after each epoch, while nothing trains unless epochs follow each other at once; false ends the training. */
export type AfterEpoch = (totals: EpochTotals) => Promise<boolean>;

/**
 * Threads that start while the session is still being made: to start takes them about as long as it takes to count tracks and to
 * fill the matrices.
 */
export class Crew {
  readonly #workers: Worker[];
  /** Resolves when a thread has failed, before it was needed or later. */
  readonly #failed: Promise<Error>;
  /** Threads that have been given work and not yet done it. */
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
   * Trains; a crew does so once.
   *
   * @param atOnce whether an epoch begins before `afterEpoch` of the one before it has been heard: threads then wait for nobody
   * @throws the signal's reason when it is aborted; no thread is left running in any case
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
        // Where epochs follow each other at once, what one thread says of an epoch may be heard before what another says of the one before.
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
          // After the last epoch the threads leave while it is still being judged; who aborts does not wait for that.
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

  /** Ends the threads, whatever they do; waits for them only where they have work: to start takes long on a busy machine. */
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
 * The bytes of what each thread has worked on. They stay in its memory, of one training as of the next: its own heap is so small that
 * nothing collects it. So a thread that has had much of it does not wait for more work.
 */
const keptBy = new WeakMap<Worker, number>();
const MOST_KEPT = 2 ** 28;

/** @throws the signal's reason when it is aborted */
export async function runOnThisThread(
  session: Session,
  afterEpoch: AfterEpoch,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const { job } = session;
  const work = new Work(job, 0);
  // Counted over epochs: on a small corpus each of them is shorter than a slice.
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

/** Runs the epochs of a session: on worker threads, or, where memory cannot be shared, on this thread in small slices. */
import { Worker } from "node:worker_threads";
import { besideUrl } from "../system/index.js";
import type { Session } from "./session.js";
import { Turns, untilAborted } from "./slices.js";
import { Work } from "./work.js";

/** Called after each epoch, while nothing trains; false ends the training. */
export type AfterEpoch = (epoch: number) => Promise<boolean>;

/**
 * Threads that start while the session is still being made: to start takes them about as long as it takes to count tracks and to
 * fill the matrices.
 */
export class Crew {
  readonly #workers: Worker[];
  /** Resolves when a thread has failed, before it was needed or later. */
  readonly #failed: Promise<Error>;
  #begun = false;

  constructor(threads: number) {
    const entry = besideUrl(import.meta.url, "./train-worker.js");
    this.#workers = Array.from({ length: threads }, () => new Worker(entry));
    this.#failed = new Promise((resolve) => {
      for (const worker of this.#workers) worker.once("error", resolve);
    });
  }

  /**
   * Trains; a crew does so once.
   *
   * @throws the signal's reason when it is aborted; no thread is left running in any case
   */
  async run(session: Session, afterEpoch: AfterEpoch, signal?: AbortSignal): Promise<void> {
    const { job, control } = session;
    this.#begun = true;
    const stop = () => control.stop();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      signal?.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        this.#failed.then(reject);
        let running = job.threads;
        let judged: Promise<void> = Promise.resolve();
        const ended = (message: { epoch: number }) => {
          judged = afterEpoch(message.epoch).then((goOn) => {
            if (goOn && message.epoch + 1 < job.options.epochs) control.startEpoch(message.epoch + 1);
            else stop();
          });
          // A callback that fails ends the training, not the process.
          judged.catch(reject);
        };
        for (const [thread, worker] of this.#workers.entries()) {
          if (thread >= job.threads) continue;
          worker.on("message", ended);
          worker.on("exit", () => {
            running--;
            if (running > 0) return;
            // After the last epoch the threads leave while it is still being judged; who aborts does not wait for that.
            if (signal?.aborted) resolve();
            else judged.then(resolve, reject);
          });
          worker.postMessage({ job, thread });
        }
        control.startEpoch(job.firstEpoch);
      });
    } finally {
      stop();
      signal?.removeEventListener("abort", stop);
      await this.end();
    }
    signal?.throwIfAborted();
  }

  /** Ends the threads, whatever they do; waits for them only where they have been given work: to start takes long on a busy machine. */
  async end(): Promise<void> {
    const ended = Promise.all(this.#workers.map((worker) => worker.terminate()));
    if (this.#begun) await ended;
  }
}

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
    const group = Math.max(1, work.shards);
    for (let chunk = 0; chunk < work.chunkCount; ) {
      const end = Math.min(chunk + group, work.chunkCount);
      const count = end - chunk;
      for (; chunk < end; chunk++) work.runChunk(epoch, chunk);
      if (work.shards > 0) work.merge(count);
      session.control.nextChunk = chunk;
      if (turns.due) await turns.take();
    }
    if (!(await untilAborted(afterEpoch(epoch), signal))) return;
    session.control.nextChunk = 0;
  }
}

/** Runs the epochs of a session: on worker threads, or, where memory cannot be shared, on this thread in small slices. */
import { Worker } from "node:worker_threads";
import { besideUrl } from "../system/index.js";
import type { Session } from "./session.js";
import { Work } from "./work.js";

/** Called after each epoch, while nothing trains; false ends the training. */
export type AfterEpoch = (epoch: number) => Promise<boolean>;

/** @throws the signal's reason when it is aborted; no thread is left running in any case */
export async function runEpochs(
  session: Session,
  afterEpoch: AfterEpoch,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  if (session.shared) await onThreads(session, afterEpoch, signal);
  else await onThisThread(session, afterEpoch, signal);
}

async function onThreads(session: Session, afterEpoch: AfterEpoch, signal?: AbortSignal): Promise<void> {
  const { job, control } = session;
  const workers: Worker[] = [];
  const stop = () => control.stop();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
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
      for (let thread = 0; thread < job.threads; thread++) {
        const worker = new Worker(besideUrl(import.meta.url, "./train-worker.js"), {
          workerData: { job, thread },
        });
        workers.push(worker);
        worker.on("message", ended);
        worker.on("error", reject);
        worker.on("exit", () => {
          running--;
          if (running > 0) return;
          // After the last epoch the threads leave while it is still being judged; who aborts does not wait for that.
          if (signal?.aborted) resolve();
          else judged.then(resolve, reject);
        });
      }
      control.startEpoch(job.firstEpoch);
    });
  } finally {
    stop();
    signal?.removeEventListener("abort", stop);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  signal?.throwIfAborted();
}

/** Milliseconds between two looks at timers and signals. */
const SLICE = 20;

async function onThisThread(session: Session, afterEpoch: AfterEpoch, signal?: AbortSignal): Promise<void> {
  const { job } = session;
  const work = new Work(job, 0);
  // Counted over epochs: on a small corpus each of them is shorter than a slice.
  let until = performance.now() + SLICE;
  for (let epoch = job.firstEpoch; epoch < job.options.epochs; epoch++) {
    const group = Math.max(1, work.shards);
    for (let chunk = 0; chunk < work.chunkCount; ) {
      const end = Math.min(chunk + group, work.chunkCount);
      const count = end - chunk;
      for (; chunk < end; chunk++) work.runChunk(epoch, chunk);
      if (work.shards > 0) work.merge(count);
      session.control.nextChunk = chunk;
      if (performance.now() < until) continue;
      await new Promise<void>((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      until = performance.now() + SLICE;
    }
    if (!(await afterEpoch(epoch))) return;
    session.control.nextChunk = 0;
  }
}

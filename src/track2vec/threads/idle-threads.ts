/**
 * A pool of idle training threads. Starting a thread takes about 50 ms, as long as an epoch of a small corpus, so a finished thread waits a
 * little for more work, such as the next point of a grid. Idle threads do not keep the process alive.
 */
import type { Worker } from "node:worker_threads";
import { besideUrl, ownThread, usableCores } from "../../system/index.js";

/** How long a thread waits for another training, in ms. */
const PATIENCE = 5000;
/** The same for threads started ahead, while playlists are still being read. */
const PATIENCE_AHEAD = 60_000;

const entry = besideUrl(import.meta.url, "./train-worker.js");
const idle = new Map<Worker, NodeJS.Timeout>();

/** An idle thread, or a new one. */
export function takeThread(): Worker {
  for (const [worker, timer] of idle) {
    forget(worker, timer);
    worker.ref();
    return worker;
  }
  return ownThread(entry);
}

/**
 * Starts threads for a training whose playlists are still being read, while a core is idle. They do not keep the process alive, and
 * end if no training has used them for a minute.
 *
 * @param threads how many, at most one per core; default: one per core
 */
export function startThreads(threads = usableCores()): void {
  const wanted = Math.min(threads, usableCores());
  for (let started = idle.size; started < wanted; started++) returnThread(ownThread(entry), PATIENCE_AHEAD);
}

/** Returns a finished thread to the pool, for `patience` milliseconds. */
export function returnThread(worker: Worker, patience = PATIENCE): void {
  deafen(worker);
  worker.unref();
  const timer = setTimeout(() => {
    forget(worker, timer);
    void worker.terminate();
  }, patience);
  timer.unref();
  idle.set(worker, timer);
  const gone = () => forget(worker, timer);
  worker.once("exit", gone);
  worker.once("error", gone);
}

function forget(worker: Worker, timer: NodeJS.Timeout): void {
  clearTimeout(timer);
  idle.delete(worker);
  deafen(worker);
}

/** Removes our listeners by event name: a worker also has internal ones. */
function deafen(worker: Worker): void {
  for (const event of ["message", "error", "exit"]) worker.removeAllListeners(event);
}

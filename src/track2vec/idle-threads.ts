/**
 * Training threads between two trainings: to start one takes about 50 ms, as long as an epoch of a small corpus, so a thread that has done
 * its work waits a little for more, such as the next point of a grid. It keeps no process alive.
 */
import type { Worker } from "node:worker_threads";
import { besideUrl, ownThread, usableCores } from "../system/index.js";

/** Milliseconds that a thread waits for another training. */
const PATIENCE = 5000;
/** Those that were started ahead wait for playlists that are still being read. */
const PATIENCE_AHEAD = 60_000;

const entry = besideUrl(import.meta.url, "./train-worker.js");
const idle = new Map<Worker, NodeJS.Timeout>();

/** A thread that waits, or a new one. */
export function takeThread(): Worker {
  for (const [worker, timer] of idle) {
    forget(worker, timer);
    worker.ref();
    return worker;
  }
  return ownThread(entry);
}

/**
 * Starts threads for a training whose playlists are still being read: most of a start then falls into time in which a processor is idle.
 * They keep no process alive, and end when no training has come for a minute.
 *
 * @param threads how many are wanted, of which no more are started than there are processors; default: as many as these
 */
export function startThreads(threads = usableCores()): void {
  const wanted = Math.min(threads, usableCores());
  for (let started = idle.size; started < wanted; started++) returnThread(ownThread(entry), PATIENCE_AHEAD);
}

/** Lets a thread wait that has nothing left to do, for so many milliseconds. */
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

/** By name: a worker has listeners of its own, too. */
function deafen(worker: Worker): void {
  for (const event of ["message", "error", "exit"]) worker.removeAllListeners(event);
}

/**
 * Training threads between two trainings: to start one takes about 50 ms, as long as an epoch of a small corpus, so a thread that has done
 * its work waits a little for more, such as the next point of a grid. It keeps no process alive.
 */
import { Worker } from "node:worker_threads";
import { besideUrl } from "../system/index.js";

/** Milliseconds that a thread waits for another training. */
const PATIENCE = 2000;

const idle = new Map<Worker, NodeJS.Timeout>();

/** A thread that waits, or a new one. */
export function takeThread(): Worker {
  for (const [worker, timer] of idle) {
    forget(worker, timer);
    worker.ref();
    return worker;
  }
  return new Worker(besideUrl(import.meta.url, "./train-worker.js"));
}

/** Lets a thread wait that has nothing left to do. */
export function returnThread(worker: Worker): void {
  deafen(worker);
  worker.unref();
  const timer = setTimeout(() => {
    forget(worker, timer);
    void worker.terminate();
  }, PATIENCE);
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

import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * A thread of Segue's own, without the flags of the process: some end it at once (--input-type), others (--import, of tracers and
 * loaders) would load in each thread what only the process itself wants.
 */
export function ownThread(entry: URL, options: Omit<WorkerOptions, "execArgv"> = {}): Worker {
  return new Worker(entry, { ...options, execArgv: [] });
}

import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * Starts a worker thread without the Node flags of the process: some make it exit at once (--input-type), others (--import, for
 * tracers and loaders) should only affect the main thread.
 */
export function ownThread(entry: URL, options: Omit<WorkerOptions, "execArgv"> = {}): Worker {
  return new Worker(entry, { ...options, execArgv: [] });
}

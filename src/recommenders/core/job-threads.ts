/** Helper threads for a kernel's jobs (assembly/_jobs.ts). */
import { ownThread } from "../../system/index.js";

/** As in assembly/_jobs.ts: the words of a job with its arguments, and the index of the word that stops helpers. */
export const jobWords = 32;
const stopWord = 5;

/**
 * @param entry the file that each thread runs
 * @param count the number of threads
 * @param control the words of the kernel's jobs
 * @returns stops the threads
 */
export function startJobThreads(
  entry: URL,
  workerData: unknown,
  count: number,
  control: Int32Array,
): () => void {
  const helpers = Array.from({ length: count }, () => {
    const worker = ownThread(entry, { workerData });
    // The work is done without a helper that fails.
    worker.on("error", () => {});
    worker.unref();
    return worker;
  });
  return () => {
    Atomics.store(control, stopWord, 1);
    for (const worker of helpers) void worker.terminate();
  };
}

/** Threads that help a kernel with its jobs (assembly/_jobs.ts). */
import { ownThread } from "../../system/index.js";

/** As in assembly/_jobs.ts: the words of a job with its arguments, and the one that ends helpers. */
export const jobWords = 32;
const stopWord = 5;

/**
 * @param entry the file that each of them runs, and `workerData`, what it is started with
 * @param count how many
 * @param control the words of the kernel's jobs
 * @returns what ends them
 */
export function startJobThreads(
  entry: URL,
  workerData: unknown,
  count: number,
  control: Int32Array,
): () => void {
  const helpers = Array.from({ length: count }, () => {
    const worker = ownThread(entry, { workerData });
    // Who fails to help is missed by nobody.
    worker.on("error", () => {});
    worker.unref();
    return worker;
  });
  return () => {
    Atomics.store(control, stopWord, 1);
    for (const worker of helpers) void worker.terminate();
  };
}

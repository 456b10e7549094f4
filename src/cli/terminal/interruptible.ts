/** Ctrl-C (or SIGTERM) for verbs that write files: aborts the work, so that no file is left half-written. */
import { exitCodeOf } from "../../system/index.js";
import { reportError } from "./report-error.js";

/**
 * @param work receives a signal that Ctrl-C aborts; a second Ctrl-C exits at once
 * @param hint what to do after an interruption; a function is called when that has happened
 * @throws an AbortError with the hint and the exit code, if the work was stopped
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  hint: string | (() => string) = "nothing was written; run the same command again",
): Promise<T> {
  const controller = new AbortController();
  const interrupted = new DOMException("interrupted", "AbortError");
  const stop = (name: NodeJS.Signals) => {
    Object.assign(interrupted, { exitCode: exitCodeOf(name) });
    if (controller.signal.aborted) process.exit(reportError(interrupted));
    controller.abort();
  };
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, stop);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    throw Object.assign(interrupted, { hint: typeof hint === "string" ? hint : hint() });
  } finally {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.off(name, stop);
  }
}

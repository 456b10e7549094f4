/** Running a flow for somebody at a terminal: shows what happens, stops on Ctrl-C, says how to go on, gives an exit code. */
import { SegueError } from "../../system/index.js";
import type { RunListener } from "../events.js";
import type { RunResult } from "../run.js";

export interface TerminalOptions {
  /** No output but errors: for --json. */
  readonly quiet?: boolean;
}

/**
 * Calls `run` with a listener and a signal that Ctrl-C (or SIGTERM) aborts. On a terminal the steps are drawn as a list;
 * elsewhere every event is a plain line on standard output.
 *
 * @returns the result of a run that is done
 * @throws SegueError where the run failed (exit code 1), saying which task and how to resume; an AbortError (130) where it was
 *   stopped
 */
export async function runInTerminal(
  run: (options: { listener: RunListener; signal: AbortSignal }) => Promise<RunResult>,
  options: TerminalOptions = {},
): Promise<RunResult> {
  const controller = new AbortController();
  const stop = () => {
    // The second Ctrl-C does not wait; the processes of tasks end with this one.
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    const reporter = await chooseReporter(options);
    const result = await run({ listener: reporter.listener, signal: controller.signal });
    await reporter.finished();
    if (result.status === "done") return result;
    const resume = `segue resume ${result.flow}/${result.run}`;
    if (result.status === "stopped")
      throw Object.assign(new Error("stopped"), { name: "AbortError", hint: `go on with: ${resume}` });
    const { step, task, error } = result.end.failed!;
    throw new SegueError(`${result.flow}/${result.run}/${step}/${task}: ${error.message}`, {
      hint: `${error.hint ? `${error.hint}; ` : ""}when it is put right: ${resume}`,
      code: "run-failed",
    });
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}

async function chooseReporter(
  options: TerminalOptions,
): Promise<{ listener: RunListener; finished(): Promise<void> }> {
  const none = async () => {};
  if (options.quiet) return { listener: () => {}, finished: none };
  if (process.stdout.isTTY && !process.env.CI) return (await import("./list-reporter.js")).listReporter();
  const { plainReporter } = await import("./plain-reporter.js");
  return { listener: plainReporter((line) => process.stdout.write(`${line}\n`)), finished: none };
}

/** Running a flow for somebody at a terminal: shows what happens, stops on Ctrl-C, says how to go on, gives an exit code. */
import { writeSync } from "node:fs";
import {
  aFunction,
  errorData,
  errorFrom,
  exitCodeOf,
  isSegueError,
  requireOptions,
  requireWithin,
  SegueError,
  someText,
  thingWith,
  trueOrFalse,
  type ValueRange,
} from "../../system/index.js";
import type { TaskFailure } from "../flow/types.js";
import type { RunRecord } from "../records/records.js";
import type { RunListener } from "../running/events.js";
import type { RunResult } from "../running/run.js";
import { type Commands, waysOn } from "./run-text/commands.js";
import { afterFailure, type Failed, failureLine } from "./run-text/failure.js";
import { printable } from "./text/printable.js";

/** Includes the commands to suggest if the run is not done. */
export interface TerminalOptions extends Omit<Commands, "again"> {
  /** The command that starts a new run, and the flows after it; or a function that returns it for a task's failure. */
  readonly again?: string | ((error: TaskFailure) => Promise<string | undefined>);
  /** No output but errors: for --json. */
  readonly quiet?: boolean;
}

const aCommand: ValueRange = {
  wanted: "a command, or a function that returns one",
  holds: (value) => typeof value === "string" || typeof value === "function",
};

const goOn = () => {};

/**
 * Calls `run` with a listener and a signal that Ctrl-C (or SIGTERM) aborts. On a terminal the steps are drawn in place; elsewhere
 * every event is a plain line on standard output. Without a terminal SIGHUP is ignored, since Node resets what `nohup` set, and a
 * closed output pipe does not stop the run.
 *
 * @returns the result of a successful run
 * @throws SegueError if the run failed, saying which task and how to resume, with the exit code and the code of the `SegueError`
 *   that the step threw (else 1 and "run-failed"); an AbortError with an `exitCode` (130, SIGTERM: 143) if it was stopped
 */
export async function runInTerminal(
  run: (options: { listener: RunListener; signal: AbortSignal }) => Promise<RunResult>,
  options: TerminalOptions = {},
): Promise<RunResult> {
  requireWithin(aFunction, "run", run, "write (options) => runFlow(flow, {}, { store, ...options })");
  requireOptions(
    options,
    { flags: someText, next: someText, again: aCommand, quiet: trueOrFalse },
    "runInTerminal",
  );
  const controller = new AbortController();
  const { flags, next } = options;
  let begun: RunRecord | undefined;
  let exitCode = 0;
  const stop = (name: NodeJS.Signals) => {
    exitCode = exitCodeOf(name);
    if (!controller.signal.aborted) return controller.abort();
    // The second Ctrl-C does not wait; task processes are killed when this one exits.
    const ways = begun === undefined ? [] : waysOn(begun, undefined, { flags, next });
    writeSync(2, ["interrupted", ...ways.map((way) => `  → ${way}`), ""].join("\n"));
    process.exit(exitCode);
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  if (!process.stdout.isTTY) process.on("SIGHUP", goOn);
  // Never removed: the error of the last line's write may come after the run.
  if (!process.stdout.listeners("error").includes(goOn)) process.stdout.on("error", goOn);
  try {
    const result = await report(options, (listener) => {
      const noting: RunListener = (event) => {
        if (event.type === "run-started") begun = event.run;
        listener(event);
      };
      return run({ listener: noting, signal: controller.signal });
    }).catch((error: unknown) => {
      throw begun === undefined ? error : stillToGoOn(begun, error, { flags, next });
    });
    requireWithin(thingWith("a promise of what runFlow returns", "status"), "what run returns", result);
    if (result.status === "done") return result;
    if (result.status === "stopped")
      throw Object.assign(new Error("stopped"), {
        name: "AbortError",
        hint: waysOn(result, undefined, { flags, next }).join("\n"),
        exitCode,
      });
    const failed = result.end.failed!;
    const { error } = failed;
    const again = typeof options.again === "function" ? await options.again(error) : options.again;
    throw new SegueError(failureLine(result, failed), {
      hint: afterFailure(result, failed, { ...options, again, toRead: whatToRead(result, failed) }).join(
        "\n",
      ),
      exitCode: error.exitCode ?? 1,
      code: error.code ?? "run-failed",
    });
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
    process.off("SIGHUP", goOn);
  }
}

/** Adds how to continue to an error that stopped a started run, such as a full datastore. */
function stillToGoOn(begun: RunRecord, error: unknown, commands: Commands): unknown {
  if (!isSegueError(error)) return error;
  const { hint, ...rest } = errorData(error);
  return errorFrom({ ...rest, hint: [...(hint ? [hint] : []), ...waysOn(begun, rest, commands)].join("\n") });
}

/** Where to read more about a failure. */
function whatToRead(run: RunResult, { step, task, others = [] }: Failed): string[] {
  const whole = `${run.flow}/${run.run}`;
  const more = [
    ...(run.printed ? [`what it printed: segue logs ${whole}/${step}/${task}`] : []),
    ...(others.length > 0 ? [`why each failed: segue show ${whole}`] : []),
  ];
  return more.length > 0 ? more : [`the run and its parameters: segue show ${whole}`];
}

async function report(
  options: TerminalOptions,
  run: (listener: RunListener) => Promise<RunResult>,
): Promise<RunResult> {
  if (options.quiet) return run(() => {});
  if (process.stdout.isTTY && !process.env.CI && process.env.TERM !== "dumb") {
    const reporter = (await import("./reporters/live-reporter.js")).liveReporter();
    return run(reporter.listener).finally(() => reporter.finished());
  }
  const { plainReporter } = await import("./reporters/plain-reporter.js");
  const shown = process.stdout.isTTY ? printable : (line: string) => line;
  return run(plainReporter((line) => process.stdout.write(`${shown(line)}\n`)));
}

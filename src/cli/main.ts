#!/usr/bin/env node
/** The `segue` command: runs a verb, and turns any error into one message and an exit code. */
import { exitCodeOf, explainDiskError, messageOf, SegueError } from "../system/index.js";
import { createProgram } from "./program.js";
import { reportError } from "./report-error.js";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that closes early ("segue runs | head") is not an error. A run has its own listener, and continues.
  if (error.code === "EPIPE") return process.stdout.listenerCount("error") === 1 && process.exit(0);
  const explained = explainDiskError(error, "standard output");
  const failed = `cannot write to standard output: ${messageOf(error)}`;
  process.exit(reportError(explained instanceof SegueError ? explained : new SegueError(failed)));
});
// A container's process 1 ignores signals without a handler. If the verb handles one, leave it to the verb.
for (const name of process.pid === 1 ? (["SIGINT", "SIGTERM"] as const) : [])
  process.on(name, () => process.listenerCount(name) === 1 && process.exit(exitCodeOf(name)));
// If standard error is closed, the work continues, and only the exit code reports the result.
process.stderr.on("error", () => {});

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportError(error);
}

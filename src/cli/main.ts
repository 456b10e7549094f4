#!/usr/bin/env node
/** The `segue` command: gathers the verbs, runs one, and turns what goes wrong into one clear message and an exit code. */
import { explainDiskError, messageOf, SegueError } from "../system/index.js";
import { createProgram } from "./program.js";
import { reportError } from "./report-error.js";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough ("segue runs | head") is no error; a run, which listens itself, goes on without.
  if (error.code === "EPIPE") return process.stdout.listenerCount("error") === 1 && process.exit(0);
  const explained = explainDiskError(error, "standard output");
  const failed = `cannot write to standard output: ${messageOf(error)}`;
  process.exit(reportError(explained instanceof SegueError ? explained : new SegueError(failed)));
});
// Process 1 of a container is ended by no signal that it does not hear. Those that a verb hears are left to it.
for (const [name, code] of process.pid === 1 ? Object.entries({ SIGINT: 130, SIGTERM: 143 }) : [])
  process.on(name, () => process.listenerCount(name) === 1 && process.exit(code));
// Where nobody can be told anything, the work goes on, and the exit code says how it ended.
process.stderr.on("error", () => {});

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportError(error);
}

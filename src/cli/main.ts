#!/usr/bin/env node
/** The `segue` command: gathers the verbs, runs one, and turns what goes wrong into one clear message and an exit code. */
import { explainDiskError, messageOf, SegueError } from "../system/index.js";
import { createProgram } from "./program.js";
import { reportError } from "./report-error.js";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough ("segue runs | head") is no error.
  if (error.code === "EPIPE") process.exit(0);
  const explained = explainDiskError(error, "standard output");
  const failed = `cannot write to standard output: ${messageOf(error)}`;
  process.exit(reportError(explained instanceof SegueError ? explained : new SegueError(failed)));
});
// Where nobody can be told anything, the work goes on, and the exit code says how it ended.
process.stderr.on("error", () => {});

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportError(error);
}

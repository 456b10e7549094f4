#!/usr/bin/env node
/** The `segue` command: gathers the verbs, runs one, and turns what goes wrong into one clear message and an exit code. */
import { createProgram } from "./program.js";
import { reportError } from "./report-error.js";

// A reader that has seen enough ("segue runs | head") is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportError(error);
}

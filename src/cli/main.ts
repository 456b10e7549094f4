#!/usr/bin/env node
/** The `segue` command: gathers the verbs, runs one, and turns what goes wrong into one clear message and an exit code. */
import { createProgram } from "./program.js";
import { reportError } from "./report-error.js";

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportError(error);
}

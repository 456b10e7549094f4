/** Prints an error as one message and returns the exit code: 1 failed, 2 misused, 130 interrupted (143 by SIGTERM). */
import { CommanderError } from "commander";
import { explainDiskError, SegueError } from "../../system/index.js";
import { printable } from "../../workflow/terminal/text/printable.js";

export function reportError(thrown: unknown): number {
  const write = (line: string) => process.stderr.write(printable(line));
  const error = explainDiskError(thrown);
  // Commander has printed its own message; only --help and --version come with exit code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof SegueError) {
    write(`error: ${error.message}\n`);
    if (error.hint !== undefined) write(hintLines(error.hint));
    return error.exitCode;
  }
  if (error instanceof Error && error.name === "AbortError") {
    write("interrupted\n");
    if ("hint" in error) write(hintLines(String(error.hint)));
    return "exitCode" in error ? Number(error.exitCode) : 130;
  }
  const shown =
    error instanceof Error ? (process.env.SEGUE_DEBUG ? error.stack : error.message) : String(error);
  write(`error: ${shown}\n  → this looks like a bug in segue; run again with SEGUE_DEBUG=1 for its place\n`);
  return 1;
}

/** Each line of a hint is one action. */
const hintLines = (hint: string) =>
  hint
    .split("\n")
    .map((line) => `  → ${line}\n`)
    .join("");

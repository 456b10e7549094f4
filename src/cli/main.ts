#!/usr/bin/env node
/** The `segue` command: runs a verb, and turns any error into one message and an exit code. */
// Loaded here, not in the head of the file: Node would print its own trace of what cannot be loaded.
const [
  { exitCodeOf, explainDiskError, messageOf, SegueError },
  { printable },
  { createProgram },
  { reportError },
] = await Promise.all([
  import("../system/index.js"),
  import("../workflow/terminal/text/printable.js"),
  import("./program.js"),
  import("./terminal/report-error.js"),
]).catch(({ code, message }) => {
  const remedy =
    code === "EMFILE"
      ? "raise the limit of open files: ulimit -n 4096"
      : "reinstall it, with Node 20.19 or newer";
  console.error(`error: Segue could not be loaded: ${message}\n  → ${remedy}`);
  process.exit(1);
});

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that closes early ("segue runs | head") is not an error. A run has its own listener, and continues.
  if (error.code === "EPIPE") return process.stdout.listenerCount("error") === 1 && process.exit(0);
  const explained = explainDiskError(error, "standard output");
  const failed = `cannot write to standard output: ${messageOf(error)}`;
  process.exit(reportError(explained instanceof SegueError ? explained : new SegueError(failed)));
});
for (const [name, { isTTY }] of [
  ["log", process.stdout],
  ["error", process.stderr],
] as const) {
  const print = console[name];
  if (isTTY) console[name] = (text = "") => print(printable(String(text)));
}
// If the verb handles a signal, leave it to the verb. A container's process 1 would ignore signals without a handler.
for (const name of ["SIGINT", "SIGTERM"] as const)
  process.on(name, () => {
    if (process.listenerCount(name) > 1) return;
    reportError(new DOMException("interrupted", "AbortError"));
    // After what is under way: a file that is just being opened could not be removed yet.
    setImmediate(() => process.exit(exitCodeOf(name)));
  });
// If standard error is closed, the work continues, and only the exit code reports the result.
process.stderr.on("error", () => {});

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = reportError(error);
}

import { inspect } from "node:util";

/**
 * The one error class that reaches users. Its message says what is wrong and where, its hint what to do next. The command line
 * prints it without a stack trace; any other error thrown is a bug.
 */
export class SegueError extends Error {
  override readonly name = "SegueError";
  /** What to do about it, in one sentence; printed on its own line. */
  readonly hint: string | undefined;
  /** 1: the work failed; 2: the command was misused. Default: 1. */
  readonly exitCode: 1 | 2;
  /** A stable word for programs, such as "unknown-track". */
  readonly code: string | undefined;

  constructor(
    message: string,
    options: { hint?: string; exitCode?: 1 | 2; code?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? 1;
    this.code = options.code;
  }
}

/** The same error with its subject before the message: "--output: …". */
export function errorAbout(subject: string, error: SegueError): SegueError {
  const { message, hint, exitCode, code } = error;
  return new SegueError(`${subject}: ${message}`, { hint, exitCode, code, cause: error });
}

/** A `SegueError` for wrong arguments: exit code 2. */
export function misuse(message: string, hint?: string): SegueError {
  return new SegueError(message, { hint, exitCode: 2, code: "misuse" });
}

/** The message of anything that was thrown; an object without one is printed: "{ code: 5 }". */
export function messageOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  if ("message" in error && typeof error.message === "string") return error.message;
  return inspect(error, { breakLength: Number.POSITIVE_INFINITY, compact: true });
}

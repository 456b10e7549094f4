/**
 * An error as plain data, because errors lose their own fields when sent to another thread or process or written to a record.
 */
import { messageOf, SegueError } from "./errors.js";

export interface ErrorData {
  readonly message: string;
  /** This and the fields below are those of a `SegueError`; codes of other errors, such as Node's, are left out. */
  readonly hint?: string;
  readonly code?: string;
  readonly exitCode?: 1 | 2;
}

/** Whether it is a `SegueError`, by name: a flow's module may use the class of another copy of the package. */
export function isSegueError(error: unknown): error is SegueError {
  return error instanceof Error && error.name === "SegueError";
}

/** The data of anything that was thrown. */
export function errorData(error: unknown): ErrorData {
  const message = messageOf(error);
  if (!isSegueError(error)) return { message };
  const { hint, code, exitCode } = error;
  return { message, hint, code, exitCode };
}

/** The error again, always as a `SegueError`. */
export function errorFrom({ message, ...rest }: ErrorData): SegueError {
  return new SegueError(message, rest);
}

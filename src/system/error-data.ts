/**
 * What an error says, as plain data: an error that is sent to another thread or process, or written to a record, loses its own
 * fields.
 */
import { messageOf, SegueError } from "./errors.js";

export interface ErrorData {
  readonly message: string;
  /** This and what follows: of a `SegueError` alone. Other errors have codes of their own kind, such as those of Node. */
  readonly hint?: string;
  readonly code?: string;
  readonly exitCode?: 1 | 2;
}

/** Whether it is a `SegueError`, by name: a flow's module may have the class from another copy of the package. */
export function isSegueError(error: unknown): error is SegueError {
  return error instanceof Error && error.name === "SegueError";
}

/** Of anything that was thrown. */
export function errorData(error: unknown): ErrorData {
  const message = messageOf(error);
  if (!isSegueError(error)) return { message };
  const { hint, code, exitCode } = error;
  return {
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(code === undefined ? {} : { code }),
    exitCode,
  };
}

/** The error again, as a `SegueError` whatever it was. */
export function errorFrom({ message, ...rest }: ErrorData): SegueError {
  return new SegueError(message, rest);
}

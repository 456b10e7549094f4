/** Files that are looked at more than once, or not from front to back, can be no pipes. */
import { stat } from "node:fs/promises";
import { misuse, type SegueError } from "./errors.js";

/**
 * To be called before such a file is opened: the opening of a pipe waits for who writes into it.
 *
 * @throws SegueError (misuse) where the path names a pipe
 */
export async function refusePipe(path: string): Promise<void> {
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isFIFO()) throw notTwice(path, "a pipe");
}

/** @param what "a pipe" */
export function notTwice(path: string, what: string): SegueError {
  return misuse(`${path} is ${what}, and has to be read more than once`, "write it to a file first");
}

/** Refuses pipes and devices where only an ordinary file works: for input read more than once, and for output renamed into place. */
import { lstat, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { misuse, type SegueError } from "../errors/errors.js";

/**
 * Call it before opening the file: opening a pipe waits for a writer.
 *
 * @throws SegueError (misuse) if the path is a pipe
 */
export async function refusePipe(path: string): Promise<void> {
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isFIFO()) throw notTwice(path, "a pipe");
}

/** The error for input that cannot be read twice. @param what "a pipe" */
export function notTwice(path: string, what: string): SegueError {
  return misuse(`${path} is ${what}, but must be read more than once`, "write it to a file first");
}

/**
 * Call it before renaming a file to `path`, which would replace a device, or a link to one: `/dev/stdout` is a link even if standard
 * output is a file.
 *
 * @throws SegueError (misuse) for "-", and if the path exists and is neither a file nor a folder
 */
export async function refuseDevice(path: string): Promise<void> {
  if (path === "-") throw misuse('"-" is not a file', "Name a file that can be written.");
  const there = await lstat(path).catch(() => undefined);
  const target = there?.isSymbolicLink() ? await stat(path).catch(() => undefined) : there;
  const isOfTheSystem = there?.isSymbolicLink() && /^\/(dev|proc)\//.test(resolve(path));
  if (isOfTheSystem || (target && !target.isFile() && !target.isDirectory()))
    throw misuse(`${path} is not an ordinary file`, "Name a file that can be written.");
}

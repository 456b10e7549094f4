/** What has to be a file on a disk: what is looked at more than once, or not from front to back, and what is renamed into place. */
import { lstat, stat } from "node:fs/promises";
import { resolve } from "node:path";
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

/**
 * To be called before a file is renamed to `path`, which would put it where a device was, or a link to one: `/dev/stdout` stays a link
 * even where standard output is a file.
 *
 * @throws SegueError (misuse) where the path names something other than a file, a folder or nothing, and for "-"
 */
export async function refuseDevice(path: string): Promise<void> {
  if (path === "-") throw misuse('"-" is no file', "Name a file that can be written.");
  const there = await lstat(path).catch(() => undefined);
  const target = there?.isSymbolicLink() ? await stat(path).catch(() => undefined) : there;
  const isOfTheSystem = there?.isSymbolicLink() && /^\/(dev|proc)\//.test(resolve(path));
  if (isOfTheSystem || (target && !target.isFile() && !target.isDirectory()))
    throw misuse(`${path} is no ordinary file`, "Name a file that can be written.");
}

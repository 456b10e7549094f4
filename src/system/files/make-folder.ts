/** Creates folders one by one, because Node's recursive mkdir always takes ENOENT to mean that the parent is missing. */
import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Retries, because a process that removes empty folders may remove one between two calls. */
const attempts = 5;

/**
 * Creates `path` and its missing parents; does nothing if it exists. Node's recursive mkdir reports ENOENT on a read-only file
 * system (Node 20) and never returns where no folder can be created (/proc). This one fails with the error of the first folder
 * that cannot be created. It is synchronous, since it makes only a few fast calls.
 *
 * @throws the error of Node's `mkdir`, for `explainDiskError`
 */
export function makeFolder(path: string): void {
  for (let attempt = 1; ; attempt++) {
    try {
      for (const folder of missing(resolve(path))) makeOne(folder);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || attempt === attempts) throw error;
    }
  }
}

/** The missing folders of `path`, parents first. */
function missing(path: string): string[] {
  const folders: string[] = [];
  for (let at = path; !isFolder(at) && dirname(at) !== at; at = dirname(at)) folders.unshift(at);
  return folders;
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have created it first.
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false;
  }
}

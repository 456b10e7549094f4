/** Folders made one by one, because Node's recursive mkdir takes ENOENT for "the one above is missing", whatever it means. */
import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Whoever sweeps empty folders away may take one between two calls. */
const attempts = 5;

/**
 * Makes `path` and what is missing above it; does nothing where it is a folder already. Node's own way says ENOENT for a
 * read-only place (Node 20), and asks without end where the file system makes no folders (/proc); this one ends, with the
 * reason of the first folder that cannot be made. Synchronous: it is a few calls that wait for nothing.
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

/** The folders on the way to `path` that are not there, from the top down. */
function missing(path: string): string[] {
  const folders: string[] = [];
  for (let at = path; !isFolder(at) && dirname(at) !== at; at = dirname(at)) folders.unshift(at);
  return folders;
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process was quicker.
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

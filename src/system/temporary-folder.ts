/** A folder for what is needed for a moment, where the system keeps such. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explainDiskError } from "./disk-error.js";
import { SegueError } from "./errors.js";

/**
 * @param name what it is for: "bundle"
 * @returns its path; whoever asks for it removes it
 * @throws SegueError as `refuseTemporary`
 */
export function temporaryFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `segue-${name}-`)).catch(refuseTemporary);
}

/**
 * Says why no folder for temporary files could be made.
 *
 * @throws SegueError code "disk", which names TMPDIR: nobody chose the place, so "name another" would not say how
 */
export function refuseTemporary(cause: unknown): never {
  const explained = explainDiskError(cause, tmpdir());
  if (!(explained instanceof SegueError)) throw cause;
  throw new SegueError(explained.message, {
    hint: "name another folder for temporary files: TMPDIR=/path/to/folder",
    code: explained.code,
    cause,
  });
}

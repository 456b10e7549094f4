/** Temporary folders. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explainDiskError } from "../errors/disk-error.js";
import { SegueError } from "../errors/errors.js";
import { ownerMark, sweepLeftovers } from "./leftovers.js";

/**
 * Creates a folder in the system's folder for temporary files. The caller removes it; if its process is killed, a later one does.
 *
 * @param name what it is for: "bundle"
 * @returns its path
 * @throws SegueError as `refuseTemporary` does
 */
export function temporaryFolder(name: string): Promise<string> {
  sweepLeftovers(tmpdir());
  return mkdtemp(join(tmpdir(), `segue-${name}-${ownerMark()}-`)).catch(refuseTemporary);
}

/**
 * Throws the error for a temporary folder that could not be created.
 *
 * @throws SegueError code "disk" with a hint about TMPDIR, the only way to choose another place; any other error as it is
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

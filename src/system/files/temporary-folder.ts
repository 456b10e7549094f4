/** Temporary folders. */
import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explainDiskError } from "../errors/disk-error.js";
import { SegueError } from "../errors/errors.js";
import { ownerMark, sweepLeftovers } from "./leftovers.js";

/** What this thread has made; an exit of the process, such as by Ctrl-C, removes what callers have not. */
const made = new Set<string>();
process.once("exit", () => {
  for (const folder of made) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Something still writes there; a later process removes the rest.
    }
  }
});

/**
 * Creates a folder in the system's folder for temporary files. The caller removes it by `removeTemporary`; if the process exits before,
 * that does, and if it is killed, a later one.
 *
 * @param name what it is for: "bundle"
 * @returns its path
 * @throws SegueError as `refuseTemporary` does
 */
export async function temporaryFolder(name: string): Promise<string> {
  sweepLeftovers(tmpdir());
  const folder = await mkdtemp(join(tmpdir(), `segue-${name}-${ownerMark()}-`)).catch(refuseTemporary);
  made.add(folder);
  return folder;
}

/** Removes a temporary folder, with retries: what has failed may still be writing into it. */
export async function removeTemporary(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  made.delete(folder);
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

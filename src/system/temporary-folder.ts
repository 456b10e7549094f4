/** A folder for what is needed for a moment, where the system keeps such. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explainDiskError } from "./disk-error.js";
import { SegueError } from "./errors.js";

/**
 * @param name what it is for: "bundle"
 * @returns its path; whoever asks for it removes it
 * @throws SegueError code "disk", which names TMPDIR: nobody chose the place, so "name another" would not say how
 */
export async function temporaryFolder(name: string): Promise<string> {
  const place = tmpdir();
  try {
    return await mkdtemp(join(place, `segue-${name}-`));
  } catch (cause) {
    const explained = explainDiskError(cause, place);
    if (!(explained instanceof SegueError)) throw cause;
    throw new SegueError(explained.message, {
      hint: "name another folder for temporary files: TMPDIR=/path/to/folder",
      code: explained.code,
      cause,
    });
  }
}

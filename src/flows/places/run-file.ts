/**
 * Files that a run leaves where people look for them, such as `data/05_outputs/endpoint.log`, but that cannot be artifacts: they are
 * still written to when the step is over, or the step failed. All runs of a project share these paths, so each run writes its own
 * file beside them.
 */
import { symlink } from "node:fs/promises";
import { basename, dirname, join, parse } from "node:path";
import { writeAtomically } from "../../system/index.js";

/** The run's own file for a shared path: `data/05_outputs/endpoint-20260131-090507-k3f9.log`. */
export function runFile(place: string, run: string): string {
  const { name, ext } = parse(place);
  return join(dirname(place), `${name}-${run}${ext}`);
}

/**
 * Atomically replaces the shared path by a symbolic link to the run's own file. Does nothing if the file system has no links: the
 * run's output names the file itself.
 */
export async function showLatest(place: string, own: string): Promise<void> {
  await writeAtomically(place, (temporary) => symlink(basename(own), temporary)).catch(() => {});
}

/**
 * Files that a run leaves where people look for them, such as `data/05_outputs/endpoint.log`, and that are no artifacts: because
 * they are still written to when the step is over, or because the step failed. All runs of a project share these places, so each
 * run has a file of its own beside them.
 */
import { symlink } from "node:fs/promises";
import { basename, dirname, join, parse } from "node:path";
import { writeAtomically } from "../../system/index.js";

/** The run's own file for such a place: `data/05_outputs/endpoint-20260131-090507-k3f9.log`. */
export function runFile(place: string, run: string): string {
  const { name, ext } = parse(place);
  return join(dirname(place), `${name}-${run}${ext}`);
}

/**
 * Makes the place stand for the run's own file, at once and whatever it stood for before. Where the file system has no links there
 * is none: the file itself is what the run tells of.
 */
export async function showLatest(place: string, own: string): Promise<void> {
  await writeAtomically(place, (temporary) => symlink(basename(own), temporary)).catch(() => {});
}

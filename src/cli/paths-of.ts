/** The files that a verb is to read, of the paths and globs that it was given. */
// The room itself takes long to load, and JSON lines need no more of it.
import { findInputs } from "../playlists/clean/input-files.js";

/**
 * In the order given, what a glob matches in natural order.
 *
 * @param options `pipes`: whether pipes are taken, as by a verb that reads each file once; default false
 * @throws SegueError where a path or a glob names no file, or a pipe that is not taken
 */
export async function pathsOf(
  inputs: readonly string[],
  options?: { readonly pipes?: boolean },
): Promise<string[]> {
  return (await findInputs(inputs, options)).map(({ path }) => path);
}

/** The files that a verb is to read, of the paths and globs that it was given. */
// The room itself takes long to load, and JSON lines need no more of it.
import { findInputs } from "../playlists/clean/input-files.js";

/** In the order given, what a glob matches in natural order. @throws SegueError where a path or a glob names no file */
export async function pathsOf(inputs: readonly string[]): Promise<string[]> {
  return (await findInputs(inputs)).map(({ path }) => path);
}

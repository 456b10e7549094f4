/** Expands the paths and globs given to a verb. */

/**
 * The files in the order given; the matches of a glob are in natural order.
 *
 * @param options `pipes`: whether pipes are allowed, as for verbs that read each file once; default false
 * @throws SegueError if a path or glob matches no file, or is a pipe that is not allowed
 */
export async function pathsOf(
  inputs: readonly string[],
  options?: { readonly pipes?: boolean },
): Promise<string[]> {
  // Not through the room's door, which is slow to load: JSON lines need nothing else of it.
  const { findInputs } = await import("../../playlists/clean/inputs/input-files.js");
  return (await findInputs(inputs, options)).map(({ path }) => path);
}

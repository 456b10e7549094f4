/** Refuses an output that would overwrite one of the inputs, or the archive that holds it. */
import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { misuse } from "../../system/index.js";

/**
 * @param output a file to be written, existing or not
 * @param option its name on the command line: "--output"
 * @param inputs files to be read
 * @throws SegueError (misuse) if the output is one of the inputs, by whatever path, or an archive that holds one
 */
export async function requireApart(output: string, option: string, inputs: readonly string[]): Promise<void> {
  const place = await realpath(output).catch(() => undefined);
  if (place === undefined) return;
  for (const input of inputs) {
    if ((await fileOf(input)) === place)
      throw misuse(
        `${option} ${output} is one of the inputs and would be overwritten`,
        "Name another file for what is written.",
      );
  }
}

/** The real path; for a path into an archive, that of the archive. */
const fileOf = (path: string): Promise<string | undefined> =>
  realpath(path).catch(() => (dirname(path) === path ? undefined : fileOf(dirname(path))));

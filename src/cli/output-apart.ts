/** An output that is one of the inputs, or the archive that one lies in, would take its place. */
import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { misuse } from "../system/index.js";

/**
 * @param output a file that will be written, there already or not
 * @param option what names it on the command line: "--output"
 * @param inputs files that will be read
 * @throws SegueError (misuse) where the output is one of them, by whatever path, or an archive with one of them in it
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

/** Of a path into an archive, the archive. */
const fileOf = (path: string): Promise<string | undefined> =>
  realpath(path).catch(() => (dirname(path) === path ? undefined : fileOf(dirname(path))));

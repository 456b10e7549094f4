/** An output that is one of the inputs would take its place. */
import { realpath } from "node:fs/promises";
import { misuse } from "../system/index.js";

/**
 * @param output a file that will be written, there already or not
 * @param option what names it on the command line: "--output"
 * @param inputs files that will be read
 * @throws SegueError (misuse) where the output is one of them, by whatever path
 */
export async function requireApart(output: string, option: string, inputs: readonly string[]): Promise<void> {
  const place = await realpath(output).catch(() => undefined);
  if (place === undefined) return;
  for (const input of inputs) {
    if ((await realpath(input).catch(() => undefined)) === place)
      throw misuse(
        `${option} ${output} is one of the inputs and would be overwritten`,
        "Name another file for what is written.",
      );
  }
}

/** Refuses the name of an output that says it would hold something else. */
import { extname } from "node:path";
import { misuse } from "../../system/index.js";

export const htmlNames = [".html", ".htm"] as const;

/**
 * @param file the output; a name without an extension promises nothing, and is accepted
 * @param form what it will be: "an SVG"
 * @param extensions that fit, in lower case, the usual one first: [".html", ".htm"]
 * @throws SegueError (misuse) for another extension
 */
export function requireNamed(file: string, form: string, extensions: readonly string[]): void {
  const extension = extname(file).toLowerCase();
  if (extension !== "" && !extensions.includes(extension))
    throw misuse(`${file} is not the name of ${form} file`, `name it ${extensions[0]}`);
}

/** Where in a flow's own code an error was thrown. */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The file and line of a stack that are the flow's own: the first that are neither Node's nor a dependency's; relative to the current folder. */
export function ownPlace(stack: string | undefined): string | undefined {
  for (const [, place] of stack?.matchAll(/(file:\/\/[^\s()]+:\d+):\d+/g) ?? []) {
    if (place!.includes("/node_modules/")) continue;
    const [, url, line] = /^(.*):(\d+)$/.exec(place!)!;
    return `${relative(process.cwd(), fileURLToPath(url!))}:${line}`;
  }
  return undefined;
}

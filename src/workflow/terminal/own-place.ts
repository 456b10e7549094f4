/** Where in a flow's own code an error was thrown. */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** This room, and what it stands on: where it is linked and not installed, they do not lie in node_modules. */
const rooms = ["../", "../../system/"].map((path) => new URL(path, import.meta.url).href);

/** The file and line of a stack that are the flow's own: the first that are neither Node's, nor this room's, nor a dependency's; relative to the current folder. */
export function ownPlace(stack: string | undefined): string | undefined {
  for (const [, place] of stack?.matchAll(/(file:\/\/[^\s()]+:\d+):\d+/g) ?? []) {
    if (place!.includes("/node_modules/") || rooms.some((room) => place!.startsWith(room))) continue;
    const [, url, line] = /^(.*):(\d+)$/.exec(place!)!;
    return `${relative(process.cwd(), fileURLToPath(url!))}:${line}`;
  }
  return undefined;
}

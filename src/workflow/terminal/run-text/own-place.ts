/** Finds where in a flow's own code an error was thrown. */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** This room, and the one it depends on. If the package is linked rather than installed, they are not in node_modules. */
const rooms = ["../../", "../../../system/"].map((path) => new URL(path, import.meta.url).href);

/** The first "file:line" of a stack outside Node, Segue's workflow code and dependencies; relative to the current folder. */
export function ownPlace(stack: string | undefined): string | undefined {
  for (const [, place] of stack?.matchAll(/(file:\/\/[^\s()]+:\d+):\d+/g) ?? []) {
    if (place!.includes("/node_modules/") || rooms.some((room) => place!.startsWith(room))) continue;
    const [, url, line] = /^(.*):(\d+)$/.exec(place!)!;
    return `${relative(process.cwd(), fileURLToPath(url!))}:${line}`;
  }
  return undefined;
}

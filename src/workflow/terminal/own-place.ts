/** Where in a flow's own code an error was thrown. */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Of the workflow room and of what it stands on, which may be linked rather than installed; flows lie in folders of their own. */
const room = new URL("../", import.meta.url).href;
const isOfThisRoom = (place: string) =>
  place.startsWith(new URL("../system/", room).href) ||
  (place.startsWith(room) && !place.slice(room.length).includes("/"));

/** The file and line of a stack that are the flow's own: the first that are neither Node's, nor this room's, nor a dependency's; relative to the current folder. */
export function ownPlace(stack: string | undefined): string | undefined {
  for (const [, place] of stack?.matchAll(/(file:\/\/[^\s()]+:\d+):\d+/g) ?? []) {
    if (place!.includes("/node_modules/") || isOfThisRoom(place!)) continue;
    const [, url, line] = /^(.*):(\d+)$/.exec(place!)!;
    return `${relative(process.cwd(), fileURLToPath(url!))}:${line}`;
  }
  return undefined;
}

/** Where the flows write: the places that the catalog names. */
import { relative } from "node:path";
import { checkCatalog } from "./check-catalog.js";

/**
 * The place of each dataset, by its name in the catalog, relative to the folder one is in where it lies below it.
 *
 * @param data the folder that stands for the catalog's `data/`
 * @throws SegueError (misuse) where a catalog of the project is not valid
 */
export async function placesOf(data: string): Promise<(name: string) => string> {
  // Only where it is needed: the command line reads this room's neighbours to show its help.
  const { loadCatalog } = await import("../../playlists/index.js");
  const catalog = await loadCatalog(process.cwd(), { data });
  return (name) => {
    const path = catalog.path(name);
    const within = relative(process.cwd(), path);
    return within.startsWith("..") ? path : within;
  };
}

/**
 * Looks at the catalog before a flow runs.
 *
 * @throws SegueError (misuse) where it is not valid, or says what no flow goes by
 */
export async function checkPlaces(data: string): Promise<void> {
  await placesOf(data);
  await checkCatalog(process.cwd());
}

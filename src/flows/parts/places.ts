/** Where the flows write: the places that the catalog names. */
import { relative } from "node:path";

/**
 * The place of each dataset, by its name in the catalog, relative to the folder one is in where it lies below it.
 *
 * @param data the folder that stands for the catalog's `data/`
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

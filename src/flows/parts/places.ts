/** Where the flows write: the places that the catalog names. */
import { relative } from "node:path";
import { loadCatalog } from "../../playlists/index.js";

/**
 * The place of each dataset, by its name in the catalog, relative to the folder one is in where it lies below it.
 *
 * @param data the folder that stands for the catalog's `data/`
 */
export async function placesOf(data: string): Promise<(name: string) => string> {
  const catalog = await loadCatalog(process.cwd(), { data });
  return (name) => {
    const path = catalog.path(name);
    const within = relative(process.cwd(), path);
    return within.startsWith("..") ? path : within;
  };
}

/** Where the flows write: the places that the catalog names. */
import { relative } from "node:path";
import { checkOutput } from "../../system/index.js";
import type { Engine } from "../../workflow/index.js";
import { checkCatalog } from "./check-catalog.js";
import { ofParameter } from "./of-parameter.js";

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
 * Looks at the catalog and the folder of data before a flow runs.
 *
 * @param engine where others run the steps, the folder is theirs
 * @throws SegueError (misuse) where the catalog is not valid or says what no flow goes by, and where `data` is no folder; (code "disk")
 *   where nothing can be written there
 */
export async function checkPlaces(data: string, engine: Engine): Promise<void> {
  await placesOf(data);
  await checkCatalog(process.cwd());
  if (engine !== "local") return;
  await checkOutput(data, "folder").catch(ofParameter("data"));
}

/** The paths that the flows write to, as the catalog sets them. */
import { relative } from "node:path";
import { checkOutput } from "../../system/index.js";
import type { Engine } from "../../workflow/index.js";
import { ofParameter } from "../parameters/of-parameter.js";
import { checkCatalog } from "./check-catalog.js";

/**
 * Returns a function from a dataset's name in the catalog to its path, which is relative if it is below the current folder.
 *
 * @param data the folder that replaces the catalog's `data/`
 * @throws SegueError (misuse) if a catalog of the project is invalid
 */
export async function placesOf(data: string): Promise<(name: string) => string> {
  // Loaded on demand: the command line imports this module even to show its help.
  const { loadCatalog } = await import("../../playlists/index.js");
  const catalog = await loadCatalog(process.cwd(), { data });
  return (name) => {
    const path = catalog.path(name);
    const within = relative(process.cwd(), path);
    return within.startsWith("..") ? path : within;
  };
}

/**
 * Checks the catalog and the data folder before a flow runs.
 *
 * @param engine if not "local", the folder is not checked, since other machines run the steps
 * @throws SegueError (misuse) if the catalog is invalid or has an entry that no flow uses, or `data` is not a folder; (code "disk")
 *   if it cannot be written to
 */
export async function checkPlaces(data: string, engine: Engine): Promise<void> {
  await placesOf(data);
  await checkCatalog(process.cwd());
  if (engine !== "local") return;
  await checkOutput(data, "folder").catch(ofParameter("data"));
}

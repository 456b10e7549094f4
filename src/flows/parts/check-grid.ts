/** The grid of the modeling flow, whole and checked, before any of it is fitted. */
import { type GridEntry, type GridPoint, gridPoints, snakeCase } from "./grid.js";
import { type GridSettings, trackVectorOverrides } from "./parameters.js";

/**
 * The points of the grid that the parameters describe.
 *
 * @throws SegueError (misuse) where nothing is left of it, and for a recommender or a setting that does not exist or cannot be
 */
export async function checkedGrid(parameters: GridSettings): Promise<GridPoint[]> {
  const { checkSettings } = await import("../../recommenders/index.js");
  const points = gridPoints(
    parameters.grid as GridEntry[],
    parameters.recommenders,
    trackVectorOverrides(parameters),
  );
  // Messages name settings as params.yml and --grid write them.
  for (const { recommender, settings } of points) checkSettings(recommender, settings, snakeCase);
  return points;
}

/** Expands and validates the modeling flow's grid before anything is fitted. */
import { noteUnused } from "../parameters/note-once.js";
import { type GridSettings, trackVectorOverrides } from "../parameters/parameters.js";
import { type GridEntry, type GridPoint, gridPoints, snakeCase, trained } from "./grid.js";

/**
 * The points of the grid that the parameters describe.
 *
 * @throws SegueError (misuse) if no point is left, or a recommender or a setting is unknown or invalid
 */
export async function checkedGrid(parameters: GridSettings): Promise<GridPoint[]> {
  const { checkSettings } = await import("../../recommenders/index.js");
  const points = gridPoints(
    parameters.grid as GridEntry[],
    parameters.recommenders,
    trackVectorOverrides(parameters),
  );
  // Messages name settings as in params.yml and --grid.
  for (const { recommender, settings } of points) checkSettings(recommender, settings, snakeCase);
  return points;
}

/**
 * Says on standard error which parameters have no effect, since no point trains track vectors.
 *
 * @throws SegueError as `checkedGrid`
 */
export async function checkGrid(parameters: GridSettings): Promise<void> {
  const points = await checkedGrid(parameters);
  const unused = Object.keys(trackVectorOverrides(parameters)).map(snakeCase);
  if (unused.length === 0 || points.some(({ recommender }) => trained.has(recommender))) return;
  noteUnused(unused, ": the grid has no track2vec");
}

/** The grid of the modeling flow, whole and checked, before any of it is fitted. */
import { SegueError } from "../../system/index.js";
import { type GridEntry, type GridPoint, gridPoints, snakeCase } from "./grid.js";
import { type GridSettings, trackVectorOverrides } from "./parameters.js";

/**
 * The points of the grid that the parameters describe.
 *
 * @throws SegueError (misuse) where nothing is left of it, and for a recommender or a setting that does not exist or cannot be
 */
export async function checkedGrid(parameters: GridSettings): Promise<GridPoint[]> {
  const { checkSettings, recommenderKinds } = await import("../../recommenders/index.js");
  const points = gridPoints(
    parameters.grid as GridEntry[],
    parameters.recommenders,
    trackVectorOverrides(parameters),
  );
  for (const { recommender, settings } of points) {
    try {
      checkSettings(recommender, settings);
    } catch (error) {
      throw asWritten(error, [
        ...Object.keys(settings),
        ...Object.keys(recommenderKinds[recommender]?.defaults ?? {}),
      ]);
    }
  }
  return points;
}

/** The error with the names of settings as params.yml and --grid write them: min_count for minCount. */
function asWritten(error: unknown, names: readonly string[]): unknown {
  if (!(error instanceof SegueError)) return error;
  const rewrite = (text: string) =>
    text.replace(/\w+/g, (word) => (names.includes(word) ? snakeCase(word) : word));
  return new SegueError(rewrite(error.message), {
    hint: error.hint && rewrite(error.hint),
    exitCode: error.exitCode,
    code: error.code,
    cause: error,
  });
}

/** A grid point whose training diverged keeps its place in the ranking, the last one, so that the other points are not lost. */
import { peakRssMb, SegueError } from "../../system/index.js";
import { type GridPoint, pointName } from "./grid.js";
import type { TrainedPoint } from "./ranking.js";

/**
 * @param error what `fitPoint` threw
 * @param fitSeconds how long it took to fail
 * @throws the error, if it is another one: those may not come again
 */
export function divergedPoint(point: GridPoint, error: unknown, fitSeconds: number): TrainedPoint {
  if (!(error instanceof SegueError && error.code === "diverged")) throw error;
  return {
    name: pointName(point),
    recommender: point.recommender,
    settings: point.settings,
    diverged: `${error.message}; ${error.hint}`,
    hitRatio: 0,
    interval: [0, 0],
    mrr: 0,
    ndcg: 0,
    vocabulary: 0,
    asked: 0,
    fitSeconds,
    queriesPerSecond: 0,
    lossPerEpoch: [],
    peakRssMb: peakRssMb(),
  };
}

/** Ranks the grid, with each point's paired difference to the best: more precise than comparing two intervals. */
import { pairedDifference } from "../../evaluation/index.js";
import { byHitRatio, type TrainedPoint } from "./ranking.js";

/** A point, and its hits: 1 or 0 per playlist. Missing if the training diverged, and in runs of earlier versions. */
export interface MeasuredPoint {
  readonly result: TrainedPoint;
  readonly hits?: readonly number[];
}

/** The grid, best first; all but the best get `behind`, their difference to it. */
export function rankGrid<Point extends MeasuredPoint>(points: readonly Point[], seed: number): Point[] {
  const [best, ...others] = [...points].sort((a, b) => byHitRatio(a.result, b.result));
  if (best === undefined) return [];
  const behind = (point: Point): Point => {
    const { result, hits } = point;
    if (hits === undefined || hits.length !== best.hits?.length) return point;
    const difference = pairedDifference(Float64Array.from(hits), Float64Array.from(best.hits), { seed });
    return { ...point, result: { ...result, behind: difference } };
  };
  return [best, ...others.map(behind)];
}

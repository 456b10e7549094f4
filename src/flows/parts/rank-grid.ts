/** Ranks the grid, and says how far each is behind the best over the same playlists: surer than two intervals beside each other. */
import { pairedDifference } from "../../evaluation/index.js";
import { byHitRatio, type TrainedPoint } from "./ranking.js";

/** A point, and what it hit: 1 or 0 a playlist. Runs of before may lack it. */
export interface MeasuredPoint {
  readonly result: TrainedPoint;
  readonly hits?: readonly number[];
}

/** The grid best first, each but the best with how far it is behind that one. */
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

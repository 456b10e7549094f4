/** What is known of a trained grid point, and how the grid is ranked and drawn. */
import type { Difference } from "../../evaluation/index.js";

import { columns, interval } from "../../workflow/terminal/format.js";

export interface ProtocolFigures {
  readonly hitRatio: number;
  readonly mrr: number;
  readonly ndcg: number;
}

export interface TrainedPoint {
  /** "track2vec min_count=3". */
  readonly name: string;
  readonly recommender: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Hit ratio@k on validation by which the grid is ranked: the whole context is given, unknown tracks are no excuse. */
  readonly hitRatio: number;
  /** The 95 % bootstrap interval of `hitRatio`. */
  readonly interval: readonly [number, number];
  /** Hit ratio less that of the best of the grid, over the same playlists; absent of the best itself. */
  readonly behind?: Difference;
  readonly mrr: number;
  readonly ndcg: number;
  /** The same point by the base protocol (nearest tracks to the last one); only for track vectors. */
  readonly base?: ProtocolFigures;
  /** Distinct tracks that it can answer with, where it has a vocabulary of its own. */
  readonly vocabulary?: number;
  /** How many playlists of the validation part were asked about with the whole context. */
  readonly asked: number;
  readonly fitSeconds: number;
  readonly queriesPerSecond: number;
  readonly lossPerEpoch: readonly number[];
  /** The highest memory so far of the process that fitted it, in MiB: of points fitted there before, too. */
  readonly peakRssMb: number;
}

/** Whether a point that should know tracks by their vectors has learned none: all it answers is the fall-back of others. */
export const isEmpty = (point: TrainedPoint) => point.vocabulary === 0;

/**
 * Best first; equal ones by name, so that the order never depends on which task ended first. Points that have learned nothing come
 * last, whatever their fall-back hits.
 */
export function byHitRatio(a: TrainedPoint, b: TrainedPoint): number {
  const empty = Number(isEmpty(a)) - Number(isEmpty(b));
  return empty || b.hitRatio - a.hitRatio || b.mrr - a.mrr || (a.name < b.name ? -1 : 1);
}

/** Rows as a table for a task's log. */
export const asTable = (rows: ReadonlyArray<Readonly<Record<string, string | number>>>): string =>
  columns([Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row).map(String))]);

/** A point as a row of the printed table. */
export function gridRow(point: TrainedPoint): Record<string, string | number> {
  return {
    model: point.name,
    "hit ratio": point.hitRatio.toFixed(4),
    "95 %": interval(point.interval),
    MRR: point.mrr.toFixed(4),
    NDCG: point.ndcg.toFixed(4),
    "base protocol": point.base?.hitRatio.toFixed(4) ?? "",
    "fit s": point.fitSeconds.toFixed(1),
    "queries/s": Math.round(point.queriesPerSecond),
  };
}

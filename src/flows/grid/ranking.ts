/** The results of a trained grid point, and how the grid is ranked and printed. */
import type { Difference } from "../../evaluation/index.js";
import type { ValueBox } from "../../workflow/index.js";
import { columns, interval } from "../../workflow/terminal/text/format.js";

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
  /** Hit ratio@k on validation, by which the grid is ranked: with the whole context, and unknown targets count as misses. */
  readonly hitRatio: number;
  /** The 95 % bootstrap interval of `hitRatio`. */
  readonly interval: readonly [number, number];
  /** Hit ratio minus that of the best point, over the same playlists; absent for the best itself. */
  readonly behind?: Difference;
  readonly mrr: number;
  readonly ndcg: number;
  /** Metrics by the base protocol (nearest tracks to the last one); only for track vectors. */
  readonly base?: ProtocolFigures;
  /** How many tracks have vectors; only for track vectors. */
  readonly vocabulary?: number;
  /** How many validation playlists were asked about with their whole context. */
  readonly asked: number;
  readonly fitSeconds: number;
  readonly queriesPerSecond: number;
  readonly lossPerEpoch: readonly number[];
  /** The peak memory of the process that fitted it, in MiB, including points that it fitted before. */
  readonly peakRssMb: number;
  /** If its training diverged: the error, and what to do. There is no model then, and all metrics are 0. */
  readonly diverged?: string;
}

/** Whether a track-vector point has learned no vectors: it then answers only with its fallback. */
export const isEmpty = (point: TrainedPoint) => point.vocabulary === 0;

/**
 * Compares points, best first; ties by name, so that the order never depends on which task ended first. Points that have learned
 * nothing come last, whatever their fallback hits; after them, those that diverged.
 */
export function byHitRatio(a: TrainedPoint, b: TrainedPoint): number {
  const without = (point: TrainedPoint) => Number(isEmpty(point)) + Number(point.diverged !== undefined);
  return without(a) - without(b) || b.hitRatio - a.hitRatio || b.mrr - a.mrr || (a.name < b.name ? -1 : 1);
}

/** For a card: by how much the best beats the second, and whether that may be chance. Empty if nothing is known of that. */
export function leadOf([, second]: readonly TrainedPoint[]): ValueBox[] {
  if (second?.behind === undefined) return [];
  const { mean, low, high, p } = second.behind;
  const signed = (lead: number) => `${lead < 0 ? "−" : "+"}${Math.abs(lead).toFixed(4)}`;
  return [
    {
      title: `ahead of ${second.name}`,
      value: signed(-mean),
      note: `95 % ${signed(-high)} to ${signed(-low)}, ${p < 0.05 ? "more than chance" : "may be chance"}`,
    },
  ];
}

/** Rows as a text table for a task's log. */
export const asTable = (rows: ReadonlyArray<Readonly<Record<string, string | number>>>): string =>
  columns([Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row).map(String))]);

/** A point as a row of the log's table: what fits a line of a terminal beside the name of the step. The card has all. */
export function loggedRow(point: TrainedPoint) {
  const { MRR, NDCG, "fit s": fit, "queries/s": speed, ...shown } = gridRow(point);
  return shown;
}

/** A point as a row of the card's table. */
export function gridRow(point: TrainedPoint) {
  const measured = point.diverged === undefined;
  return {
    model: point.name,
    "hit ratio": hitRatioOf(point),
    "95 %": interval(point.interval),
    MRR: measured ? point.mrr.toFixed(4) : "",
    NDCG: measured ? point.ndcg.toFixed(4) : "",
    "base protocol": point.base?.hitRatio.toFixed(4) ?? "",
    "fit s": point.fitSeconds.toFixed(1),
    "queries/s": measured ? Math.round(point.queriesPerSecond) : "",
  };
}

/** The hit ratio of a point as tables print it. */
export const hitRatioOf = ({ diverged, hitRatio }: TrainedPoint): string =>
  diverged === undefined ? hitRatio.toFixed(4) : "diverged";

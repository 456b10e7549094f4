/** The metrics of each question at each k, and their means. */
import { misuse, oneOf, requireWithin } from "../../system/index.js";
import type { Standings } from "../asking/answers.js";
import type { Question } from "../asking/questions.js";
import { type MetricName, metricNames, type RankingMetrics, rankingMetrics } from "./metrics.js";

/** One value per query, in the order of the questions, for intervals and paired differences. */
export interface Outcomes {
  /** The playlist of each query, if all have one: `playlists` of `BootstrapOptions`. */
  readonly playlists?: Uint32Array;
  /**
   * The value of each query for a metric at k.
   *
   * @throws SegueError (misuse) if this k was not evaluated, or the metric is unknown
   */
  values(metric: MetricName, k: number): Float64Array;
}

export class OutcomeTable implements Outcomes {
  readonly playlists?: Uint32Array;
  readonly #ks: readonly number[];
  readonly #rows: number;
  /** By k, then by metric: one value per question. */
  readonly #columns: Record<MetricName, Float64Array>[];

  constructor(questions: readonly Question[], ks: readonly number[]) {
    this.#ks = ks;
    this.#rows = questions.length;
    this.#columns = ks.map(
      () =>
        Object.fromEntries(metricNames.map((name) => [name, new Float64Array(questions.length)])) as Record<
          MetricName,
          Float64Array
        >,
    );
    if (questions.every(({ playlist }) => playlist !== undefined)) {
      this.playlists = Uint32Array.from(questions, ({ playlist }) => playlist!);
    }
  }

  values(metric: MetricName, k: number): Float64Array {
    const at = this.#ks.indexOf(k);
    if (at === -1) throw misuse(`k = ${k} was not evaluated; there are ${this.#ks.join(", ")}`);
    requireWithin(oneOf(...metricNames), "the metric", metric);
    return this.#columns[at]![metric];
  }

  set(row: number, { positions, relevant }: Standings): void {
    if (positions.length === 0) return;
    this.setAll(
      row,
      this.#ks.map((k) => rankingMetrics(positions, relevant, k)),
    );
  }

  setAll(row: number, metrics: readonly RankingMetrics[]): void {
    for (let i = 0; i < metrics.length; i++) {
      for (const name of metricNames) this.#columns[i]![name][row] = metrics[i]![name];
    }
  }

  /** The mean of each metric at the i-th k: over all rows, or per label over the rows with that label. */
  means(i: number, labels: Uint8Array = new Uint8Array(this.#rows), labelCount = 1): Means[] {
    const rows = new Uint32Array(labelCount);
    for (const label of labels) rows[label]!++;
    const means = Array.from(rows, (rows) => ({ rows, hitRatio: 0, mrr: 0, ndcg: 0, recall: 0, map: 0 }));
    for (const name of metricNames) {
      const column = this.#columns[i]![name];
      const sums = new Float64Array(labelCount);
      for (let row = 0; row < column.length; row++) sums[labels[row]!]! += column[row]!;
      for (let label = 0; label < labelCount; label++) means[label]![name] = sums[label]! / rows[label]!;
    }
    return means;
  }
}

/** Means over `rows` rows. */
export interface Means extends RankingMetrics {
  readonly rows: number;
}

export const metricsOf = ({ rows: _, ...metrics }: Means): RankingMetrics => metrics;

/**
 * Metrics of one ranking against the tracks that played. All use binary relevance and positions counted from 1, as defined
 * in Manning, Raghavan & Schütze, "Introduction to Information Retrieval" (2008), chapter 8.
 */

/** The metrics of one ranking at one k, each in [0, 1]. */
export interface RankingMetrics {
  /** 1 if any relevant track is among the first k, else 0. */
  readonly hitRatio: number;
  /** 1 / position of the first relevant track, 0 beyond k. */
  readonly mrr: number;
  /** Discounted gain (sum of 1 / log2(position + 1)) over that of the best possible ranking of length k. */
  readonly ndcg: number;
  /** The share of the relevant tracks that are among the first k. */
  readonly recall: number;
  /** Average precision at k, divided by min(relevant, k); its mean over queries is MAP@k. */
  readonly map: number;
}

/** The metrics of each query; defined in docs/evaluation.md. */
export const metricNames = ["hitRatio", "mrr", "ndcg", "recall", "map"] as const;
export type MetricName = (typeof metricNames)[number];

/**
 * @param positions of the relevant tracks in the ranking, counted from 1, ascending; without those that are missing
 * @param relevant how many relevant tracks there are, ≥ 1
 * @param k an integer ≥ 1
 */
export function rankingMetrics(positions: readonly number[], relevant: number, k: number): RankingMetrics {
  let found = 0;
  let gain = 0;
  let precisions = 0;
  for (const position of positions) {
    if (position > k) break;
    found++;
    gain += 1 / Math.log2(position + 1);
    precisions += found / position;
  }
  if (found === 0) return nothing;
  const possible = Math.min(relevant, k);
  return {
    hitRatio: 1,
    mrr: 1 / positions[0]!,
    ndcg: gain / idealGain(possible),
    recall: found / relevant,
    map: precisions / possible,
  };
}

/**
 * The expected metrics of k distinct tracks drawn at random from `size`, one of which is the target: it is at each position
 * with probability 1 / size.
 */
export function randomBetMetrics(size: number, k: number): RankingMetrics {
  let hitRatio = 0;
  let mrr = 0;
  let ndcg = 0;
  for (let position = 1; position <= Math.min(k, size); position++) {
    hitRatio += 1 / size;
    mrr += 1 / position / size;
    ndcg += 1 / Math.log2(position + 1) / size;
  }
  return { hitRatio, mrr, ndcg, recall: hitRatio, map: mrr };
}

const nothing: RankingMetrics = { hitRatio: 0, mrr: 0, ndcg: 0, recall: 0, map: 0 };

const idealGains = [0];

function idealGain(relevant: number): number {
  while (idealGains.length <= relevant) {
    idealGains.push(idealGains.at(-1)! + 1 / Math.log2(idealGains.length + 1));
  }
  return idealGains[relevant]!;
}

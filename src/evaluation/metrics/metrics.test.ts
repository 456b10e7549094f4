import { describe, expect, it } from "vitest";
import { randomBetMetrics, rankingMetrics } from "./metrics.js";

describe("rankingMetrics, worked by hand", () => {
  it("counts one relevant track by its position", () => {
    expect(rankingMetrics([3], 1, 5)).toEqual({ hitRatio: 1, mrr: 1 / 3, ndcg: 0.5, recall: 1, map: 1 / 3 });
    expect(rankingMetrics([1], 1, 1)).toEqual({ hitRatio: 1, mrr: 1, ndcg: 1, recall: 1, map: 1 });
  });

  it("counts no hits beyond k, and 0 without hits", () => {
    const nothing = { hitRatio: 0, mrr: 0, ndcg: 0, recall: 0, map: 0 };
    expect(rankingMetrics([6], 1, 5)).toEqual(nothing);
    expect(rankingMetrics([], 2, 5)).toEqual(nothing);
  });

  it("counts several relevant tracks", () => {
    // Relevant at 1, 3 and 6, a fourth nowhere. At 5: precision 1/1 and 2/3; gains 1 and 1/log2(4).
    const ideal = 1 + 1 / Math.log2(3) + 1 / 2 + 1 / Math.log2(5);
    const at5 = rankingMetrics([1, 3, 6], 4, 5);
    expect(at5.recall).toBeCloseTo(2 / 4, 12);
    expect(at5.map).toBeCloseTo((1 + 2 / 3) / 4, 12);
    expect(at5.ndcg).toBeCloseTo(1.5 / ideal, 12);
    expect(at5.mrr).toBe(1);
    // At 2 the best possible ranking has two relevant tracks, not four.
    const at2 = rankingMetrics([1, 3, 6], 4, 2);
    expect(at2.map).toBeCloseTo(1 / 2, 12);
    expect(at2.ndcg).toBeCloseTo(1 / (1 + 1 / Math.log2(3)), 12);
    expect(at2.recall).toBeCloseTo(1 / 4, 12);
  });
});

describe("randomBetMetrics", () => {
  it("is the mean over all positions of the target", () => {
    const k = 3;
    const size = 7;
    const all = Array.from({ length: size }, (_, i) => rankingMetrics([i + 1], 1, k));
    const mean = (of: (m: (typeof all)[number]) => number) => all.reduce((sum, m) => sum + of(m), 0) / size;
    const bet = randomBetMetrics(size, k);
    expect(bet.hitRatio).toBeCloseTo(k / size, 12);
    expect(bet.mrr).toBeCloseTo(
      mean((m) => m.mrr),
      12,
    );
    expect(bet.ndcg).toBeCloseTo(
      mean((m) => m.ndcg),
      12,
    );
  });

  it("never exceeds 1", () => {
    expect(randomBetMetrics(5, 100).hitRatio).toBeCloseTo(1, 12);
    expect(randomBetMetrics(0, 10).hitRatio).toBe(0);
  });
});

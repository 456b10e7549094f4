import { describe, expect, it } from "vitest";
import { answering, corpusOf } from "./evaluation.testkit.js";
import {
  type Entry,
  leaderboard,
  leaderboardHtml,
  leaderboardJson,
  leaderboardText,
  measureRecommender,
  report,
} from "./index.js";

const corpus = corpusOf([
  ["a", "b", "c"],
  ["a", "b"],
]);
const questions = Array.from({ length: 100 }, (_, i) => ({ context: ["a"], next: i < 40 ? "b" : "zz" }));

async function entry(name: string, answer: string[]): Promise<Entry> {
  const fitOn = async () => answering(() => answer, name);
  const { evaluation, ...cost } = await measureRecommender(fitOn, corpus, questions, { ks: [2] });
  const { outcomes, at, recommendSeconds } = evaluation;
  return {
    recommender: name,
    figures: at[0]!,
    hits: outcomes.values("hitRatio", 2),
    reciprocalRanks: outcomes.values("mrr", 2),
    gains: outcomes.values("ndcg", 2),
    recommendSeconds,
    ...cost,
  };
}

describe("leaderboard", () => {
  it("sorts by hit ratio, with intervals and the distance to the best", async () => {
    const board = leaderboard([await entry("none", ["c"]), await entry("<b>", ["c", "b"])]);
    expect(board.rows.map(({ recommender }) => recommender)).toEqual(["<b>", "none"]);
    const [best, last] = board.rows;
    expect(best!.hitRatio.mean).toBeCloseTo(0.4, 12);
    expect(best!.hitRatio.low).toBeGreaterThan(0.28);
    expect(best!.hitRatio.high).toBeLessThan(0.52);
    expect(best!.mrr.mean).toBeCloseTo(0.2, 12);
    expect(best!.behind).toBeUndefined();
    expect(last!.behind).toMatchObject({ mean: expect.closeTo(-0.4, 12) });
    expect(last!.behind!.p).toBeLessThan(0.01);

    const text = leaderboardText(board);
    expect(text).toContain("100 queries");
    expect(text).toMatch(/<b> +40\.00 %/);
    expect(text).toMatch(/none +0\.00 % +0\.00–0\.00 +−40\.00/);
    const html = leaderboardHtml(board);
    expect(html).toContain("&#60;b&#62;");
    expect(html).not.toContain("<b>");
    expect(html).toContain("40.00 %");
    expect(leaderboardJson(board).rows[1]).toMatchObject({
      recommender: "none",
      coverage: 1 / 3,
      artist_diversity: null,
    });
  });

  it("is empty without entries", () => {
    expect(leaderboard([])).toEqual({ k: 0, queries: 0, rows: [] });
  });
});

describe("report", () => {
  it("has the names that `segue evaluate --json` promises", async () => {
    const measured = await measureRecommender(async () => answering(() => ["b"], "b"), corpus, questions, {
      ks: [2],
    });
    expect(Object.keys(report(measured, 2))).toEqual([
      ...["recommender", "k", "queries", "hit_ratio", "mrr", "ndcg", "coverage"],
      ...["fit_seconds", "recommend_seconds", "peak_rss_mb"],
    ]);
    expect(report(measured, 2)).toMatchObject({ queries: 100, hit_ratio: 0.4 });
    expect(() => report(measured, 30)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^k = 30 was not evaluated; there are /),
        exitCode: 2,
      }),
    );
  });
});

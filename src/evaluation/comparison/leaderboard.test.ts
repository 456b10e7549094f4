import { describe, expect, it } from "vitest";
import { answering, corpusOf } from "../evaluation.testkit.js";
import {
  bootstrapMeans,
  type Entry,
  leaderboard,
  leaderboardHtml,
  leaderboardJson,
  leaderboardText,
  measureRecommender,
  pairedDifference,
  report,
} from "../index.js";

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
    expect(text).toMatch(/none +0\.00 % +– +−40\.00/);
    const all = text.trimEnd().split("\n");
    const narrow = leaderboardText(board, { width: 60 }).trimEnd().split("\n");
    expect(narrow[0]).toBe(all[0]);
    for (const line of narrow) expect(line.length).toBeLessThanOrEqual(60);
    // Each recommender is named in each table, and no figure is lost.
    const figures = (lines: readonly string[], name: string) =>
      lines.filter((line) => line.startsWith(name)).flatMap((line) => line.trim().split(/ {2,}/).slice(1));
    for (const name of ["recommender", "<b>", "none"])
      expect(figures(narrow, name)).toEqual(figures(all, name));
    expect(narrow.filter((line) => line.startsWith("none")).length).toBeGreaterThan(1);
    expect(leaderboardText(board, { width: 1 })).toContain("none");
    const html = leaderboardHtml(board);
    expect(html).toContain("&#60;b&#62;");
    expect(html).not.toContain("<b>");
    // A screen reader reads each figure once.
    expect(html.match(/40\.00 %/g)).toHaveLength(1);
    expect(leaderboardJson(board).rows[1]).toMatchObject({
      recommender: "none",
      coverage: 1 / 3,
      artist_diversity: null,
    });
  });

  it("shows each figure under its own name, in JSON, as text and as a page", () => {
    const half = (value: number) => Float64Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? value : 0));
    const one: Entry = {
      recommender: "one",
      figures: {
        ...{ k: 7, hitRatio: 0.5, mrr: 0.3, ndcg: 0.4, recall: 0.11, map: 0.12, coverage: 0.125 },
        ...{ popularityLift: -0.75, artistDiversity: 0.625, novelty: 6.5 },
      },
      ...{ hits: half(1), reciprocalRanks: half(0.6), gains: half(0.8) },
      ...{ fitSeconds: 3.25, recommendSeconds: 2, peakRssMb: 1234 },
    };
    const board = leaderboard([one, { ...one, recommender: "two" }]);
    const [{ hit_ratio, mrr, ndcg, behind: _, ...others }] = leaderboardJson(board).rows as [
      ReturnType<typeof leaderboardJson>["rows"][number],
    ];
    expect([hit_ratio, mrr, ndcg].map(({ mean }) => mean)).toEqual(
      [0.5, 0.3, 0.4].map((mean) => expect.closeTo(mean, 12)),
    );
    expect(others).toEqual({
      ...{ recommender: "one", coverage: 0.125, popularity_lift: -0.75, artist_diversity: 0.625 },
      ...{ novelty: 6.5, fit_seconds: 3.25, queries_per_second: 50, peak_rss_mb: 1234 },
    });
    const [headings, cells] = leaderboardText(board)
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/ {2,}/)) as [string[], string[]];
    const empty = headings.indexOf("behind");
    const interval = `${(100 * hit_ratio.low).toFixed(2)}–${(100 * hit_ratio.high).toFixed(2)}`;
    expect(headings.toSpliced(empty, 1).map((heading, i) => `${heading}: ${cells[i]}`)).toEqual([
      ...["recommender: one", "hit@7: 50.00 %", `95 % interval: ${interval}`],
      ...["MRR@7: 30.00 %", "NDCG@7: 40.00 %", "coverage: 12.5 %", "pop. lift: −0.75", "artists: 0.63"],
      ...["novelty: 6.5", "fit s: 3.3", "queries/s: 50", "MiB: 1,234"],
    ]);
    // The longest interval ends at the right end of the picture.
    const [, width, from, to] = /<rect[^>]* width="([\d.]+)".*? d="M([\d.]+) 7H([\d.]+)"/.exec(
      leaderboardHtml(board),
    )!;
    expect([width, from, to].map(Number)).toEqual(
      [hit_ratio.mean, hit_ratio.low, hit_ratio.high].map((share) =>
        expect.closeTo((100 * share) / hit_ratio.high, 1),
      ),
    );
  });

  it("breaks ties in hit ratio by how early hits are, like the grid of segue run", async () => {
    const board = leaderboard([await entry("a", ["c", "b"]), await entry("b", ["b"])]);
    expect(board.rows.map(({ recommender }) => recommender)).toEqual(["b", "a"]);
    expect(board.rows[1]!.behind!.mean).toBe(0);
  });

  it("orders entries with equal figures by name", async () => {
    const alike = await Promise.all(["b", "c", "a"].map((name) => entry(name, ["b"])));
    expect(leaderboard(alike).rows.map(({ recommender }) => recommender)).toEqual(["a", "b", "c"]);
  });

  it("is a table in text, with one minus sign throughout and a dash for what is not known", async () => {
    const cost = { fitSeconds: 0.5, recommendSeconds: 0.05, peakRssMb: 1234 };
    const { figures, ...rest } = await entry("b", ["b"]);
    const first = { ...rest, ...cost, figures: { ...figures, popularityLift: -0.25, artistDiversity: 0.5 } };
    const { rows, ...board } = leaderboard([first, { ...(await entry("silent", [])), ...cost }]);
    const hitRatio = { ...rows[0]!.hitRatio, low: 0.3, high: 0.5 };
    expect(leaderboardText({ ...board, rows: [{ ...rows[0]!, hitRatio }, rows[1]!] })).toBe(
      [
        "100 queries",
        "recommender    hit@2  95 % interval  behind    MRR@2   NDCG@2  coverage  pop. lift  artists  novelty  fit s  queries/s    MiB",
        "b            40.00 %    30.00–50.00          40.00 %  40.00 %    33.3 %      −0.25     0.50      0.0    0.5      2,000  1,234",
        "silent        0.00 %              –  −40.00   0.00 %   0.00 %     0.0 %          –        –        –    0.5      2,000  1,234",
        "",
      ].join("\n"),
    );
  });

  it("has the level of intervals in its JSON, and null for what is not known", async () => {
    const board = leaderboard([await entry("b", ["b"]), await entry("silent", [])], { level: 0.9 });
    expect(leaderboardJson(board)).toMatchObject({
      level: 0.9,
      rows: [
        { hit_ratio: { mean: expect.closeTo(0.4, 12) }, behind: null },
        { coverage: 0, popularity_lift: null, artist_diversity: null, novelty: null },
      ],
    });
  });

  it("is empty without entries", () => {
    expect(leaderboard([])).toEqual({ k: 0, queries: 0, level: 0.95, rows: [] });
  });

  it("gives each recommender the same interval and difference as on its own", async () => {
    const entries = [await entry("b", ["b"]), await entry("c", ["c", "b"]), await entry("none", ["c"])];
    const options = {
      seed: 3,
      level: 0.8,
      resamples: 200,
      playlists: Uint32Array.from({ length: 100 }, (_, i) => i % 9),
    };
    const { rows } = leaderboard(entries, options);
    for (const row of rows) {
      const { hits, reciprocalRanks, gains } = entries.find(
        ({ recommender }) => recommender === row.recommender,
      )!;
      const { hitRatio, mrr, ndcg } = row;
      expect([hitRatio, mrr, ndcg]).toEqual(bootstrapMeans([hits, reciprocalRanks, gains], options));
      if (row !== rows[0]) expect(row.behind).toEqual(pairedDifference(hits, entries[0]!.hits, options));
    }
  });

  it("states the level of its intervals, and what is even at that level", async () => {
    // b is right in 40 of 100; the other answers five of these wrongly.
    const b = await entry("b", ["b"]);
    const other = {
      ...b,
      recommender: "other",
      hits: b.hits.map((hit, i) => (i < 5 ? 0 : hit)),
      figures: { ...b.figures, hitRatio: 0.35 },
    };
    const [at95, at50] = [0.95, 0.5].map((level) => leaderboard([other, b], { level }));
    expect(at95!.rows[1]!.behind!.p).toBeGreaterThan(0.05);
    expect(at95!.rows[1]!.behind!.p).toBeLessThan(0.5);
    expect(leaderboardText(at95!)).toMatch(/ 95 % interval .*\n.*\n.* −5\.00 \(even\) /);
    expect(leaderboardText(at50!)).toMatch(/ 50 % interval .*\n.*\n.* −5\.00 {2}/);
  });

  it("does not call a chance difference significant more often than its level allows", async () => {
    const { rows, ...board } = leaderboard([await entry("b", ["b"]), await entry("none", ["c"])]);
    const at = (p: number) =>
      leaderboardText({ ...board, rows: [rows[0]!, { ...rows[1]!, behind: { ...rows[1]!.behind!, p } }] });
    expect(at(0.05)).toMatch(/−40\.00 \(even\)/);
    expect(at(0.049)).not.toMatch(/even/);
  });

  it("calls nothing significant for a single query", async () => {
    const one = async (name: string, answer: string[]) => {
      const { hits, reciprocalRanks, gains, ...rest } = await entry(name, answer);
      const first = (column: Float64Array) => column.slice(0, 1);
      return { ...rest, hits: first(hits), reciprocalRanks: first(reciprocalRanks), gains: first(gains) };
    };
    const board = leaderboard([await one("b", ["b"]), await one("none", ["c"])]);
    expect(board.rows[1]!.behind).toEqual({ mean: -1, low: -1, high: -1, p: 1 });
    expect(leaderboardText(board)).toMatch(/^1 query\n.*\nb .* – .*\nnone +.* – +−100\.00 \(even\) /);
    expect(leaderboardHtml(board)).toContain("<caption>1 query</caption>");
  });

  it("names an incomplete entry", async () => {
    const whole = await entry("b", ["b"]);
    const { hits: _, ...without } = whole;
    expect(() => leaderboard([whole, without as Entry])).toThrow(
      /^hits of entries\[1\] must be a Float64Array/,
    );
    const gains = whole.gains.with(7, Number.NaN);
    expect(() => leaderboard([{ ...whole, gains }])).toThrow(
      /^gains of entries\[0\]\[7\] must be a finite number, got NaN$/,
    );
  });
});

describe("report", () => {
  it("has the names documented for `segue evaluate --json`", async () => {
    const measured = await measureRecommender(async () => answering(() => ["b"], "b"), corpus, questions, {
      ks: [2],
    });
    expect(Object.keys(report(measured, 2))).toEqual([
      ...["recommender", "k", "queries", "hit_ratio", "mrr", "ndcg", "coverage"],
      ...["fit_seconds", "recommend_seconds", "peak_rss_mb"],
    ]);
    expect(report(measured, 2)).toMatchObject({ queries: 100, hit_ratio: 0.4 });
    const second = await measureRecommender(async () => answering(() => ["c", "b"]), corpus, questions, {
      ks: [2],
    });
    expect(report(second, 2)).toMatchObject({
      mrr: expect.closeTo(0.4 / 2, 12),
      ndcg: expect.closeTo(0.4 / Math.log2(3), 12),
      coverage: 2 / 3,
    });
    // Rounded, what takes microseconds would be 0, and queries a second would be infinite.
    const quick = {
      ...measured,
      fitSeconds: 4e-5,
      evaluation: { ...measured.evaluation, recommendSeconds: 3e-5 },
    };
    expect(report(quick, 2)).toMatchObject({ fit_seconds: 4e-5, recommend_seconds: 3e-5 });
    expect(() => report(measured, 30)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^k = 30 was not evaluated; there are /),
        exitCode: 2,
      }),
    );
  });
});

import { expect, it } from "vitest";
import { rankGrid } from "./rank-grid.js";
import { leadOf, type TrainedPoint } from "./ranking.js";

/** A point that hit the first `hit` of 400 playlists after `from`. */
function point(name: string, from: number, hit: number, vocabulary?: number) {
  const hits = Array.from({ length: 400 }, (_, i) => Number(i >= from && i < from + hit));
  const result = { name, hitRatio: hit / 400, mrr: 0, vocabulary } as TrainedPoint;
  return { result, hits };
}

it("gives the paired difference of each model to the best", () => {
  const apart = point("apart", 250, 150);
  const ranked = rankGrid([{ ...apart, model: "its own" }, point("near", 0, 188), point("best", 0, 200)], 1);
  expect(ranked[2]).toMatchObject({ model: "its own" });
  const [best, near, far] = ranked.map(({ result }) => result);
  expect([best!.name, near!.name, far!.name]).toEqual(["best", "near", "apart"]);
  expect(best!.behind).toBeUndefined();
  // 188 of the very playlists that the best hit: the intervals of both hit ratios overlap, the difference is sure.
  expect(near!.behind!.mean).toBeCloseTo(-0.03);
  expect(near!.behind!.high).toBeLessThan(0);
  // 50 fewer, of others: three times as far away, and less sure by the spread.
  expect(far!.behind!.mean).toBeCloseTo(-0.125);
  expect(far!.behind!.high - far!.behind!.low).toBeGreaterThan(3 * (near!.behind!.high - near!.behind!.low));
  // As the card of the grid says it.
  expect(leadOf([best!, near!])).toEqual([
    {
      title: "ahead of near",
      value: "+0.0300",
      note: expect.stringMatching(/^95 % \+0\.0\d+ to \+0\.0\d+, more than chance$/),
    },
  ]);
  expect(leadOf([best!])).toEqual([]);
});

it("ranks models that learned nothing last, and compares only those with the same queries", () => {
  const older = { result: point("older", 0, 100).result };
  const ranked = rankGrid([point("empty", 0, 300, 0), older, point("best", 0, 200)], 1);
  const ranking = ranked.map(({ result }) => result);
  expect(ranking.map(({ name }) => name)).toEqual(["best", "older", "empty"]);
  expect(ranking[1]!.behind).toBeUndefined();
});

it("ranks models whose training diverged after all others", () => {
  const { result } = point("a", 0, 0, 0);
  const diverged = { result: { ...result, diverged: "training diverged" } };
  const ranked = rankGrid([diverged, point("empty", 0, 0, 0), point("poor", 0, 0)], 1);
  expect(ranked.map(({ result: { name } }) => name)).toEqual(["poor", "empty", "a"]);
});

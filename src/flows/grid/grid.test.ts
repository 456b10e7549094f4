import { describe, expect, it } from "vitest";
import { gridPoints, pointName, threadsOf } from "./grid.js";

const entries = [
  { recommender: "track2vec", min_count: [3, 5], sg: [0, 1], epochs: 30 },
  { recommender: "popularity" },
];

describe("the grid", () => {
  it("makes a point of every combination, named by the options that vary", () => {
    const points = gridPoints(entries);
    expect(points.map(pointName)).toEqual([
      "track2vec min_count=3 sg=0",
      "track2vec min_count=3 sg=1",
      "track2vec min_count=5 sg=0",
      "track2vec min_count=5 sg=1",
      "popularity",
    ]);
    expect(points[0]!.settings).toEqual({ minCount: 3, sg: 0, epochs: 30 });
  });

  it("names apart the points of several entries of one recommender, and has none twice", () => {
    const several = [
      { recommender: "track2vec", sg: 1, epochs: [2, 2] },
      { recommender: "track2vec", sg: 0, epochs: 2, window: 3 },
      { recommender: "track2vec", epochs: 2, sg: 1 },
      { recommender: "vstan" },
      { recommender: "vstan", last: 3 },
    ];
    expect(gridPoints(several).map(pointName)).toEqual([
      "track2vec sg=1",
      "track2vec sg=0 window=3",
      "vstan",
      "vstan last=3",
    ]);
  });

  it("overrides by flags only the entries that train vectors", () => {
    const points = gridPoints(entries, [], { minCount: [7], epochs: [1, 2] });
    expect(points.map(pointName)).toContain("track2vec sg=0 epochs=2");
    expect(points.find((point) => point.recommender === "popularity")!.settings).toEqual({});
  });

  it("keeps the named recommenders, and lists the valid names for an unknown one", () => {
    expect(gridPoints(entries, ["popularity"])).toHaveLength(1);
    const misspelt = {
      message: 'the grid has no recommender "poplarity"',
      hint: 'did you mean "popularity"?',
    };
    expect(() => gridPoints(entries, ["poplarity"])).toThrow(expect.objectContaining(misspelt));
    expect(() => gridPoints(entries, ["oracle"])).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/^it has: .*popularity/) }),
    );
    expect(() => gridPoints([])).toThrow(/empty/);
  });

  it("gives each point a core, and the last ones all remaining cores", () => {
    const threads = (count: number, cores: number, recommender = "track2vec", plays = 1e5) => {
      const points = Array.from({ length: count }, () => ({ recommender, settings: {}, label: "" }));
      return points.map((_, index) => threadsOf(index, points, cores, plays));
    };
    expect(threads(3, 2)).toEqual([1, 1, 2]);
    expect(threads(4, 2)).toEqual([1, 1, 1, 1]);
    expect(threads(1, 8)).toEqual([8]);
    expect(threads(11, 8)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2]);
    // It is still at it when all others are done.
    expect(threads(2, 4, "blend")).toEqual([4, 4]);
    expect(threads(4, 4, "blend", 1e7)).toEqual([1, 1, 1, 1]);
  });
});

import { describe, expect, it } from "vitest";
import { Random } from "../../system/index.js";
import { bootstrapMeans, intervalOf, pairedDifference } from "./bootstrap.js";

function coin(n: number, chance: number, seed: number): Float64Array {
  const random = new Random(seed);
  return Float64Array.from({ length: n }, () => (random.next() < chance ? 1 : 0));
}

describe("bootstrapMeans", () => {
  it("is close to the normal interval of a proportion", () => {
    const [hits] = bootstrapMeans([coin(4000, 0.2, 5)]);
    const half = 1.96 * Math.sqrt((hits!.mean * (1 - hits!.mean)) / 4000);
    expect(hits!.low).toBeCloseTo(hits!.mean - half, 2);
    expect(hits!.high).toBeCloseTo(hits!.mean + half, 2);
    expect(hits!.high - hits!.low).toBeGreaterThan(1.8 * half);
    expect(hits!.high - hits!.low).toBeLessThan(2.2 * half);
  });

  it("contains the true mean about as often as its level says", () => {
    let held = 0;
    for (let trial = 0; trial < 200; trial++) {
      const [interval] = bootstrapMeans([coin(300, 0.3, trial)], { resamples: 300, level: 0.9, seed: trial });
      if (interval!.low <= 0.3 && interval!.high >= 0.3) held++;
    }
    expect(held).toBeGreaterThan(165);
    expect(held).toBeLessThan(197);
  });

  it("is wider if the queries of a playlist are correlated", () => {
    const playlists = Uint32Array.from({ length: 4000 }, (_, i) => 7 * Math.floor(i / 20));
    const byPlaylist = coin(200, 0.3, 8);
    const hits = Float64Array.from(playlists, (p) => byPlaylist[p / 7]!);
    const [alone] = bootstrapMeans([hits]);
    const [together] = bootstrapMeans([hits], { playlists });
    expect(together!.mean).toBe(alone!.mean);
    const ratio = (together!.high - together!.low) / (alone!.high - alone!.low);
    expect(ratio).toBeGreaterThan(3.5); // √20 ≈ 4.47
    expect(ratio).toBeLessThan(5.5);
  });

  it("is the same for the same seed", () => {
    const column = coin(100, 0.5, 1);
    expect(bootstrapMeans([column], { seed: 4 })).toEqual(bootstrapMeans([column], { seed: 4 }));
    expect(bootstrapMeans([column], { seed: 4 })).not.toEqual(bootstrapMeans([column], { seed: 5 }));
  });
});

describe("pairedDifference", () => {
  it("detects a small steady gain that two intervals would not", () => {
    const before = coin(2000, 0.3, 2);
    const random = new Random(3);
    const after = before.map((hit) => (hit === 0 && random.next() < 0.02 ? 1 : hit));
    const gain = pairedDifference(after, before);
    expect(gain.mean).toBeGreaterThan(0.005);
    expect(gain.low).toBeGreaterThan(0);
    expect(gain.p).toBeLessThan(0.01);
    const [a, b] = bootstrapMeans([after, before]);
    expect(a!.low).toBeLessThan(b!.high);
  });

  it("finds no difference if there is none", () => {
    const same = pairedDifference(coin(2000, 0.3, 2), coin(2000, 0.3, 2));
    expect(same).toMatchObject({ mean: 0, low: 0, high: 0, p: 1 });
    expect(pairedDifference(coin(3000, 0.3, 20), coin(3000, 0.3, 40)).p).toBeGreaterThan(0.05);
  });

  it("refuses values that cannot be paired", () => {
    expect(() => pairedDifference(coin(2, 0.5, 1), coin(3, 0.5, 1))).toThrow(/cannot pair 2 queries with 3/);
    expect(() => bootstrapMeans([new Float64Array()])).toThrow(/no queries/);
  });
});

describe("invalid input for an interval", () => {
  const column = Float64Array.of(0, 1, 1);
  const refused = (message: RegExp) =>
    expect.objectContaining({ name: "SegueError", exitCode: 2, message: expect.stringMatching(message) });

  it.each([
    [[Float64Array.of(0, Number.NaN)], /^columns\[0\]\[1\] must be a finite number, got NaN$/],
    [
      [column, Float64Array.of(0, 1, Number.POSITIVE_INFINITY)],
      /^columns\[1\]\[2\] must be .* got Infinity$/,
    ],
    // Differences of these would wrap around: 0 - 1 = 255.
    [[Uint8Array.of(0, 1)], /^columns\[0\] must be a Float64Array/],
    [[[0, 1]], /^columns\[0\] must be a Float64Array/],
    [[column, Float64Array.of(1)], /^cannot draw 1 values with 3/],
    [[], /^there are no queries/],
  ])("%j", (columns, message) => {
    expect(() => bootstrapMeans(columns as Float64Array[])).toThrow(refused(message));
  });

  it("pairs with a value that is not a number", () => {
    const wrong = Float64Array.of(0, Number.NaN, 0);
    expect(() => pairedDifference(column, wrong)).toThrow(refused(/^b\[1\] must be a finite number/));
    expect(() => pairedDifference(wrong, column)).toThrow(refused(/^a\[1\] must be/));
    expect(() => pairedDifference(Uint8Array.of(0, 1, 1) as never, column)).toThrow(refused(/^a must be a/));
  });

  it.each([
    [{ resamples: 0 }, /^resamples must be a whole number from 1 to 1000000, got 0$/],
    [{ resamples: 1e15 }, /^resamples .* from 1 to 1000000, got 1000000000000000$/],
    [{ resamples: Number.NaN }, /^resamples .* got NaN$/],
    [{ level: 1 }, /^level .* > 0 and < 1, got 1$/],
    [{ resamples: 39 }, /^39 resamples are too few for an interval of level 0\.95$/],
    [{ resamples: 199, level: 0.99 }, /^199 resamples are too few for an interval of level 0\.99$/],
    [{ level: 1 - 2 ** -53 }, /^1000 resamples are too few/],
    [{ playlists: Uint32Array.of(1, 2) }, /^cannot draw 2 values with 3/],
  ])("options %j", (options, message) => {
    expect(() => bootstrapMeans([column], options)).toThrow(refused(message));
    if (!("playlists" in options))
      expect(() => pairedDifference(column, column, options)).toThrow(refused(message));
  });

  it("accepts as few resamples as the level allows", () => {
    for (const options of [{ resamples: 40 }, { resamples: 200, level: 0.99 }, { resamples: 10, level: 0.8 }])
      expect(bootstrapMeans([column], options)[0]!.mean).toBeCloseTo(2 / 3, 12);
  });
});

it("is just that query for a single query", () => {
  expect(bootstrapMeans([Float64Array.of(0.5)])).toEqual([{ mean: 0.5, low: 0.5, high: 0.5 }]);
  const playlists = Uint32Array.of(9, 9, 9);
  const [interval] = bootstrapMeans([Float64Array.of(0, 1, 1)], { playlists });
  expect(interval).toEqual({ mean: 2 / 3, low: 2 / 3, high: 2 / 3 });
});

it("worked by hand: cuts off equal shares of means on both sides, and interpolates between two means", () => {
  const means = Float64Array.from({ length: 11 }, (_, i) => i);
  const of = (level: number) => intervalOf({ mean: 4, means, nonZero: 11 }, { level });
  expect(of(0.8)).toEqual({ mean: 4, low: expect.closeTo(1, 12), high: expect.closeTo(9, 12) });
  expect(of(0.5)).toEqual({ mean: 4, low: expect.closeTo(2.5, 12), high: expect.closeTo(7.5, 12) });
});

it("worked by hand: two queries give the means 0, 1/2 and 1 with probabilities 1/4, 1/2 and 1/4", () => {
  const column = Float64Array.of(0, 1);
  // An interval that leaves out 10 % to each side holds all three means, one that leaves out 40 % the middle one alone.
  expect(bootstrapMeans([column], { level: 0.8 })).toEqual([{ mean: 0.5, low: 0, high: 1 }]);
  expect(bootstrapMeans([column], { level: 0.2 })).toEqual([{ mean: 0.5, low: 0.5, high: 0.5 }]);
  // Of four differences three are 1, one is -1: four draws come to nought or less where two or more of them are the -1.
  const { p } = pairedDifference(Float64Array.of(1, 1, 1, 0), Float64Array.of(0, 0, 0, 1), {
    resamples: 100_000,
  });
  expect(p / 2).toBeCloseTo(1 - 0.75 ** 4 - 4 * 0.25 * 0.75 ** 3, 2);
});

it("worked by hand: a difference from few queries is no more significant than their sign test", () => {
  const differing = (n: number, playlists?: Uint32Array) =>
    pairedDifference(
      Float64Array.from({ length: 60 }, (_, i) => (i < n ? 1 : 0)),
      new Float64Array(60),
      playlists && { playlists },
    ).p;
  // n coins that all fall alike, either way: 2 / 2^n. No draw of 60 leaves out the 20, so that p would be 2 / 1000.
  expect(differing(1)).toBe(1);
  expect(differing(5)).toBe(1 / 16);
  expect(differing(20)).toBe(2 / 1000);
  // Of two playlists, both of which differ.
  expect(
    differing(
      60,
      Uint32Array.from({ length: 60 }, (_, i) => i % 2),
    ),
  ).toBe(1 / 2);
});

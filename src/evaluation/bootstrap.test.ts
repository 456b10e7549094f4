import { describe, expect, it } from "vitest";
import { Random } from "../system/index.js";
import { bootstrapMeans, pairedDifference } from "./bootstrap.js";

function coin(n: number, chance: number, seed: number): Float64Array {
  const random = new Random(seed);
  return Float64Array.from({ length: n }, () => (random.next() < chance ? 1 : 0));
}

describe("bootstrapMeans", () => {
  it("comes near the normal interval of a share", () => {
    const [hits] = bootstrapMeans([coin(4000, 0.2, 5)]);
    const half = 1.96 * Math.sqrt((hits!.mean * (1 - hits!.mean)) / 4000);
    expect(hits!.low).toBeCloseTo(hits!.mean - half, 2);
    expect(hits!.high).toBeCloseTo(hits!.mean + half, 2);
    expect(hits!.high - hits!.low).toBeGreaterThan(1.8 * half);
    expect(hits!.high - hits!.low).toBeLessThan(2.2 * half);
  });

  it("holds the true mean about as often as its level says", () => {
    let held = 0;
    for (let trial = 0; trial < 200; trial++) {
      const [interval] = bootstrapMeans([coin(300, 0.3, trial)], { resamples: 300, level: 0.9, seed: trial });
      if (interval!.low <= 0.3 && interval!.high >= 0.3) held++;
    }
    expect(held).toBeGreaterThan(165);
    expect(held).toBeLessThan(197);
  });

  it("is wider where the queries of a playlist go together", () => {
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
  it("is surer of a small steady gain than two intervals would be", () => {
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

  it("finds nothing where there is nothing", () => {
    const same = pairedDifference(coin(2000, 0.3, 2), coin(2000, 0.3, 2));
    expect(same).toMatchObject({ mean: 0, low: 0, high: 0, p: 1 });
    expect(pairedDifference(coin(3000, 0.3, 20), coin(3000, 0.3, 40)).p).toBeGreaterThan(0.05);
  });

  it("refuses what cannot be paired", () => {
    expect(() => pairedDifference(coin(2, 0.5, 1), coin(3, 0.5, 1))).toThrow(/cannot pair 2 queries with 3/);
    expect(() => bootstrapMeans([new Float64Array()])).toThrow(/no queries/);
  });
});

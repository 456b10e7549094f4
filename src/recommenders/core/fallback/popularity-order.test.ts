import { describe, expect, it } from "vitest";
import { PopularityOrder } from "./popularity-order.js";

function orderOf(tracks: readonly string[], counts: ArrayLike<number>): string[] {
  const order = new PopularityOrder(tracks, counts);
  return Array.from({ length: order.length }, (_, i) => tracks[order.at(i)]!);
}

describe("the order of popularity", () => {
  it("is by count, ties by id", () => {
    expect(orderOf(["d", "b", "c", "a", "e"], [1, 3, 1, 3, 0])).toEqual(["a", "b", "c", "d", "e"]);
    expect(orderOf([], [])).toEqual([]);
  });

  it("equals a plain sort, whatever is requested first, and for counts of any size", () => {
    const tracks = Array.from({ length: 500 }, (_, i) => `t${(i * 7919) % 500}`);
    for (const scale of [1, 1e9]) {
      const counts = tracks.map((_, i) => ((i * 31) % 9) * scale);
      const plain = tracks
        .map((track, i) => ({ track, count: counts[i]! }))
        .sort((a, b) => b.count - a.count || (a.track < b.track ? -1 : 1))
        .map(({ track }) => track);
      expect(orderOf(tracks, counts)).toEqual(plain);
      expect(tracks[new PopularityOrder(tracks, counts).at(321)]).toBe(plain[321]);
    }
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lateness } from "../../../system/time.testkit.js";
import type { Sessions } from "../plays/sessions.js";
import { countPairs, type PairOptions } from "./pairs.js";

const trackCount = 40;
const playlists = fc.array(fc.array(fc.nat(trackCount - 1), { minLength: 1, maxLength: 30 }), {
  minLength: 1,
  maxLength: 12,
});

function sessionsOf(lists: readonly (readonly number[])[], tracks = trackCount): Sessions {
  const offsets = [0];
  for (const list of lists) offsets.push(offsets[offsets.length - 1]! + list.length);
  return { trackCount: tracks, offsets: Uint32Array.from(offsets), items: Uint32Array.from(lists.flat()) };
}

/** Every play of a track and every place near it. */
function plainRow(lists: readonly (readonly number[])[], track: number, options: PairOptions) {
  const sums = new Map<number, number>();
  let total = 0;
  lists.forEach((list, s) => {
    const age =
      options.recency > 0 ? Math.exp(-(lists.length - 1 - s) / (lists.length * options.recency)) : 1;
    list.forEach((here, at) => {
      if (here !== track) return;
      list.forEach((other, i) => {
        const near = i < at ? at - i <= options.behind : i > at && i - at <= options.ahead;
        if (!near || (other === track && options.behind > 0)) return;
        const weight = age * Math.abs(i - at) ** -options.fade;
        sums.set(other, (sums.get(other) ?? 0) + weight);
        total += weight;
      });
    });
  });
  const heaviest = [...sums]
    .map(([other, sum]) => [other, Math.fround(sum)] as const)
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, options.keep);
  return { heaviest, total: Math.fround(total) };
}

describe("pairs", () => {
  const options = fc.record({
    ahead: fc.constantFrom(1, 3, 100, Number.POSITIVE_INFINITY),
    behind: fc.constantFrom(0, 2, 100),
    fade: fc.constantFrom(0, 1),
    recency: fc.constantFrom(0, 0.5, 1e-3),
    keep: fc.constantFrom(1, 5, 300),
  });

  it("are bit-identical to a plain count", async () => {
    await fc.assert(
      fc.asyncProperty(playlists, options, async (lists, given) => {
        const pairs = await countPairs(sessionsOf(lists), given);
        for (let track = 0; track < trackCount; track++) {
          const { heaviest, total } = plainRow(lists, track, given);
          const row = [];
          for (let i = pairs.offsets[track]!; i < pairs.offsets[track + 1]!; i++)
            row.push([pairs.tracks[i], pairs.weights[i]]);
          expect(row).toEqual(heaviest);
          expect(pairs.totals[track]).toBe(total);
        }
        expect(pairs.tracks).toHaveLength(pairs.offsets[trackCount]!);
        expect(pairs.weights).toHaveLength(pairs.offsets[trackCount]!);
      }),
      { numRuns: 200 },
    );
  });

  it("are counted near more plays than a hash table can have slots", async () => {
    // 2^30 plays are near those of track 0.
    const list = Array.from({ length: 33_000 }, (_, i) => (i % 1650 === 0 ? 1 + i / 1650 : 0));
    const far = Number.POSITIVE_INFINITY;
    const given = { ahead: far, behind: far, fade: 0, recency: 0, keep: 30 };
    const pairs = await countPairs(sessionsOf([list], 21), given);
    expect(pairs.offsets[1]).toBe(20);
    expect(pairs.totals[0]).toBe(20 * 32_980);
  });

  it("are the heaviest of long rows, few or many", async () => {
    // Tracks 0 … 9 lie in every playlist of 400, among 5,000 others.
    const lists = Array.from({ length: 30 }, (_, p) =>
      Array.from({ length: 400 }, (_, i) => (i % 40 === 0 ? i / 40 : 10 + ((p * 7919 + i * i) % 5000))),
    );
    for (const keep of [20, 64, 65, 150]) {
      const given = { ahead: 300, behind: 300, fade: 0.5, recency: 0.3, keep };
      const pairs = await countPairs(sessionsOf(lists, 5010), given);
      for (const track of [0, 5, 9]) {
        const { heaviest, total } = plainRow(lists, track, given);
        const [start, end] = [pairs.offsets[track]!, pairs.offsets[track + 1]!];
        expect(Array.from(pairs.tracks.subarray(start, end))).toEqual(heaviest.map(([other]) => other));
        expect(Array.from(pairs.weights.subarray(start, end))).toEqual(heaviest.map(([, weight]) => weight));
        expect(pairs.totals[track]).toBe(total);
      }
    }
  });

  it("stop within 100 ms of the signal, and let timers run", async () => {
    const length = 2000;
    const lists = Array.from({ length: 200 }, (_, p) =>
      Array.from({ length }, (_, i) => (p * 31 + i * 17) % 20_000),
    );
    const sessions = sessionsOf(lists, 20_000);
    const how = { ahead: length, behind: length, fade: 1, recency: 0, keep: 300 };
    const late = await lateness(50, (signal) => countPairs(sessions, { ...how, signal }));
    expect(late).toBeLessThan(100);
  });
});

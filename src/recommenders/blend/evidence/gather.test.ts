import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { playIndex } from "../../core/plays/play-index.js";
import type { Sessions } from "../../core/plays/sessions.js";
import { type GatherMemory, gatherMemory, pairWidth, rowWidth, tallyWidth } from "./gather-memory.js";
import { Links, linkWeights, neighboursInWindow, weightsPerLink } from "./links.js";

const trackCount = 12;
const playlists = fc.array(fc.array(fc.nat(trackCount - 1), { minLength: 1, maxLength: 20 }), {
  minLength: 1,
  maxLength: 8,
});

function sessionsOf(lists: readonly number[][]): Sessions {
  const offsets = [0];
  for (const list of lists) offsets.push(offsets[offsets.length - 1]! + list.length);
  return { trackCount, offsets: Uint32Array.from(offsets), items: Uint32Array.from(lists.flat()) };
}

function filled(memory: GatherMemory): GatherMemory {
  memory.after.forEach((_, d) => {
    memory.after[d] = 1 / (1 + d);
    memory.before[d] = 0.5 / (1 + d);
    memory.artistPlaces[d] = 0.25 / (1 + d);
  });
  return memory;
}

/** Every playlist is a neighbour, of a similarity and with a match that its number tells; its plays are [start, end). */
function forEachNeighbour(
  lists: readonly number[][],
  visit: (
    list: readonly number[],
    at: { start: number; match: number; end: number },
    similarity: number,
    s: number,
  ) => void,
): void {
  const { offsets } = sessionsOf(lists);
  lists.forEach((list, s) => {
    const start = offsets[s]!;
    visit(list, { start, match: start + (s % list.length), end: offsets[s + 1]! }, 0.5 + 0.25 * s, s);
  });
}

describe("votes in the kernel", () => {
  it("add up to the same as a plain count, and are reset", () => {
    fc.assert(
      fc.property(playlists, (lists) => {
        const memory = filled(gatherMemory(sessionsOf(lists), 3, 10, 10));
        const { kernel, items, tallies, touched, after, before } = memory;
        kernel.touchAhead(lists.length % 2 === 0);
        const expected = Array.from({ length: trackCount }, () => new Array(tallyWidth).fill(0) as number[]);
        let count = 0;
        forEachNeighbour(lists, (list, { start, match, end }, similarity, s) => {
          const [overlap, late] = [0.125 * s, 2 * s];
          count = kernel.castVotes(
            items.byteOffset,
            start,
            match,
            end,
            tallies.byteOffset,
            touched.byteOffset,
            count,
            after.byteOffset,
            before.byteOffset,
            similarity,
            overlap,
            late,
          );
          list.forEach((track, at) => {
            const i = start + at;
            if (i === match) return;
            const place = i > match ? 1 / (1 + i - match) : 0.5 / (1 + match - i);
            const tally = expected[track]!;
            tally[0]! += similarity;
            tally[1]! += overlap;
            tally[2]! += 1;
            tally[3] = Math.max(tally[3]!, similarity);
            tally[4]! += similarity * place;
            tally[5]! += late * place;
            if (i === match + 1) tally[6]! += similarity;
          });
        });
        const voted = expected.flatMap((tally, track) => (tally[2]! > 0 ? [track] : []));
        expect(Array.from(touched.subarray(0, count)).sort((a, b) => a - b)).toEqual(voted);
        expected.flat().forEach((value, at) => {
          expect(tallies[at]).toBeCloseTo(value, 4);
        });
        kernel.sumVotes(tallies.byteOffset, touched.byteOffset, count, memory.scores.byteOffset);
        for (let i = 0; i < count; i++) {
          const tally = expected[touched[i]!]!;
          expect(memory.scores[i]).toBeCloseTo(0.4 * tally[0]! + tally[4]!, 4);
        }
        kernel.clearVotes(tallies.byteOffset, touched.byteOffset, count);
        expect(tallies.every((value) => value === 0)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("by artists add up to the same as a plain count, and are reset", () => {
    fc.assert(
      fc.property(playlists, (lists) => {
        const memory = filled(gatherMemory(sessionsOf(lists), 3, 10, 10));
        const { kernel, items, pairs, touchedPairs, scores, artistOf, artistWeights, artistPlaces } = memory;
        artistOf.forEach((_, track) => {
          artistOf[track] = track % 3;
        });
        artistWeights.set([0, 1, 0.5]);
        const sums = new Array<number>(trackCount).fill(0);
        const near = new Array<number>(trackCount).fill(0);
        let count = 0;
        forEachNeighbour(lists, (list, { start, match, end }, similarity) => {
          count = kernel.castPairs(
            items.byteOffset,
            start,
            match,
            end,
            pairs.byteOffset,
            touchedPairs.byteOffset,
            count,
            artistPlaces.byteOffset,
            similarity,
          );
          list.forEach((track, i) => {
            sums[track]! += similarity;
            near[track]! += (similarity * 0.25) / (1 + Math.abs(start + i - match));
          });
        });
        for (let track = 0; track < trackCount; track++) {
          expect(pairs[track * pairWidth]).toBeCloseTo(sums[track]!, 4);
          expect(pairs[track * pairWidth + 1]).toBeCloseTo(near[track]!, 4);
        }
        kernel.sumPairs(
          pairs.byteOffset,
          touchedPairs.byteOffset,
          count,
          artistOf.byteOffset,
          artistWeights.byteOffset,
          scores.byteOffset,
        );
        expect(count).toBe(new Set(lists.flat()).size);
        for (let i = 0; i < count; i++) {
          const track = touchedPairs[i]!;
          expect(scores[i]).toBeCloseTo(sums[track]! * (0.2 + artistWeights[track % 3]!), 4);
        }
        kernel.clearPairs(pairs.byteOffset, touchedPairs.byteOffset, count);
        expect(pairs.every((value) => value === 0)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("by artists do not count a neighbour whose similarity is 0 in 32 bits", () => {
    const { kernel, items, pairs, touchedPairs, artistPlaces } = gatherMemory(
      sessionsOf([[0, 1, 0]]),
      3,
      10,
      10,
    );
    const cast = (similarity: number) =>
      kernel.castPairs(
        items.byteOffset,
        0,
        1,
        3,
        pairs.byteOffset,
        touchedPairs.byteOffset,
        0,
        artistPlaces.byteOffset,
        similarity,
      );
    expect([cast(1e-50), cast(1e-40)]).toEqual([0, 2]);
  });
});

describe("rows of evidence in the kernel", () => {
  it("are weighted by their shares of the largest values and the roots of these", () => {
    const sessions = sessionsOf([[0, 1, 2]]);
    const memory = gatherMemory(sessions, 0, 5, 5);
    const { kernel, rows, most, scales, weights, merits } = memory;
    rows.forEach((_, i) => {
      rows[i] = (i * 7919) % 101;
    });
    kernel.largestOfColumns(rows.byteOffset, 5, 1e-9, most.byteOffset);
    for (let c = 0; c < rowWidth; c++) {
      const column = Array.from({ length: 5 }, (_, r) => rows[r * rowWidth + c]!);
      expect(most[c]).toBeCloseTo(Math.max(1e-9, ...column), 5);
      scales[c] = 1 / most[c]!;
      weights[c] = c / 10;
      weights[rowWidth + c] = 1 - c / 20;
    }
    kernel.weigh(rows.byteOffset, 5, scales.byteOffset, weights.byteOffset, merits.byteOffset);
    for (let r = 0; r < 5; r++) {
      let merit = 0;
      for (let c = 0; c < rowWidth; c++) {
        const share = rows[r * rowWidth + c]! / most[c]!;
        merit += (c / 10) * share + (1 - c / 20) * Math.sqrt(share);
      }
      expect(merits[r]).toBeCloseTo(merit, 3);
    }
  });
});

describe("links", () => {
  it("equal a plain count, whether stored or counted for one query", () => {
    fc.assert(
      fc.property(
        playlists,
        fc.array(fc.nat(trackCount - 1), { minLength: 1, maxLength: 30 }),
        (lists, asked) => {
          const window = 3;
          const sessions = sessionsOf(lists);
          const options = { window, recency: 0, keep: 1000, room: asked[0]! };
          const links = new Links(sessions, playIndex(sessions), options);
          const together = neighboursInWindow(sessions, window);
          asked.forEach((track, i) => {
            if (i % 5 === 0) links.forget();
            const counts = new Map<
              number,
              { next: number; after: number; before: number; together: number }
            >();
            for (const list of lists) {
              list.forEach((here, at) => {
                if (here !== track) return;
                for (
                  let other = Math.max(0, at - window);
                  other <= Math.min(list.length - 1, at + window);
                  other++
                ) {
                  if (other === at) continue;
                  const count = counts.get(list[other]!) ?? { next: 0, after: 0, before: 0, together: 0 };
                  counts.set(list[other]!, count);
                  count.together += 1;
                  if (other > at) count.after += 1 / (other - at);
                  else count.before += 1 / (at - other);
                  if (other === at + 1) count.next += 1;
                }
              });
            }
            const { tracks, weights, start, end } = links.row(track);
            expect(Array.from(tracks.subarray(start, end)).sort((a, b) => a - b)).toEqual(
              [...counts.keys()].sort((a, b) => a - b),
            );
            let sum = 0;
            for (let l = start; l < end; l++) {
              const count = counts.get(tracks[l]!)!;
              const at = l * weightsPerLink;
              expect(weights[at + linkWeights.next]).toBe(count.next);
              expect(weights[at + linkWeights.after]).toBeCloseTo(count.after, 5);
              expect(weights[at + linkWeights.before]).toBeCloseTo(count.before, 5);
              expect(weights[at + linkWeights.together]).toBe(count.together);
              sum += count.together;
            }
            expect(links.totals[track * weightsPerLink + linkWeights.together]).toBe(sum);
            expect(together[track]).toBe(sum);
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  it("stay valid and right when they need more than one piece of memory", () => {
    const list = Array.from({ length: 300 }, (_, track) => track);
    const sessions = { ...sessionsOf([list]), trackCount: 300 };
    const links = new Links(sessions, playIndex(sessions), { window: 300, recency: 0, keep: 300 });
    const rows = list.map((track) => links.row(track));
    expect(new Set(rows.map(({ tracks }) => tracks)).size).toBe(2);
    for (const track of list)
      for (const { tracks, weights, start, end } of [rows[track]!, links.row(track)]) {
        const others = [...tracks.subarray(start, end)];
        expect(others).toEqual(list.filter((other) => other !== track));
        const before = others.map((_, i) => weights[(start + i) * weightsPerLink + linkWeights.before]!);
        expect(before).toEqual(others.map((other) => (other < track ? Math.fround(1 / (track - other)) : 0)));
      }
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { invert, playIndex } from "./play-index.js";
import type { Sessions } from "./sessions.js";

/** Two ranges of tracks and a little more. */
const trackCount = 70_000;
const tracks = fc.nat(11).map((i) => (i * 12_347) % trackCount);
const playlists = fc.array(fc.array(tracks, { maxLength: 20 }), { minLength: 1, maxLength: 12 });

function sessionsOf(lists: readonly (readonly number[])[]): Sessions {
  const offsets = [0];
  for (const list of lists) offsets.push(offsets[offsets.length - 1]! + list.length);
  return { trackCount, offsets: Uint32Array.from(offsets), items: Uint32Array.from(lists.flat()) };
}

describe("the index from a track to its playlists", () => {
  it("lists each playlist once, oldest first, with the first or the last play", () => {
    fc.assert(
      fc.property(playlists, fc.constantFrom<"first" | "last">("first", "last"), (lists, which) => {
        const sessions = sessionsOf(lists);
        const { offsets, values, places } = invert(playIndex(sessions), which);
        expect(values).toHaveLength(offsets[trackCount]!);
        let entries = 0;
        for (const track of new Set(lists.flat())) {
          const expected = lists.flatMap((list, p) => {
            const at = which === "first" ? list.indexOf(track) : list.lastIndexOf(track);
            return at < 0 ? [] : [[p, sessions.offsets[p]! + at]];
          });
          const row = [];
          for (let i = offsets[track]!; i < offsets[track + 1]!; i++) row.push([values[i], places[i]]);
          expect(row).toEqual(expected);
          entries += row.length;
        }
        expect(entries).toBe(values.length);
      }),
      { numRuns: 100 },
    );
  });
});

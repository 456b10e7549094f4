import { describe, expect, it } from "vitest";
import { Random } from "../../system/index.js";
import { invert, placesOf, type Sessions } from "./sessions.js";

/** Playlists of any length, none included, that repeat tracks; some tracks never play. */
function randomSessions(seed: number): Sessions {
  const random = new Random(seed);
  const offsets = [0];
  const items: number[] = [];
  for (let s = 0; s < 40; s++) {
    for (let i = random.below(12); i > 0; i--) items.push(random.below(15));
    offsets.push(items.length);
  }
  return { trackCount: 20, offsets: Uint32Array.from(offsets), items: Uint32Array.from(items) };
}

describe("the playlists of each track", () => {
  it("stand in order, each once, with its first and its last play", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const sessions = randomSessions(seed);
      const { offsets, items } = sessions;
      const inverted = invert(sessions);
      for (const which of ["first", "last", "first"] as const) {
        const places = placesOf(sessions, inverted, which);
        for (let track = 0; track < sessions.trackCount; track++) {
          const expected: Array<[number, number]> = [];
          for (let s = 0; s < offsets.length - 1; s++) {
            const playlist = Array.from(items.subarray(offsets[s], offsets[s + 1]));
            const at = which === "first" ? playlist.indexOf(track) : playlist.lastIndexOf(track);
            if (at >= 0) expected.push([s, offsets[s]! + at]);
          }
          const [start, end] = [inverted.offsets[track]!, inverted.offsets[track + 1]!];
          const found = Array.from(inverted.values.subarray(start, end), (s, i) => [s, places[start + i]!]);
          expect(found).toEqual(expected);
        }
      }
    }
  });
});

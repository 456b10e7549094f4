import { describe, expect, it } from "vitest";
import { catalogueOf, catalogueTensors } from "../../corpus/index.js";
import { ArtistIndex } from "./artists.js";

const tracks = ["a", "b", "c", "d", "e", "f"];
const counts = Uint32Array.of(1, 2, 3, 4, 5, 0);

describe("artists by number", () => {
  it.each([
    [
      ["X", "", "Y", "X", "", "Z"],
      [1, 0, 2, 1, 0, 3],
    ],
    [
      ["", "X", "Y", "X", "", "Y"],
      [0, 1, 2, 1, 0, 2],
    ],
    [
      ["X", "Y", "X", "X", "Y", "X"],
      [1, 2, 1, 1, 2, 1],
    ],
  ])("leave number 0 to tracks without one: %j", (artists, numbers) => {
    // Counted, and as a file tells them.
    for (const given of [artists, catalogueOf(catalogueTensors({ tracks, artists })).artists!]) {
      const index = new ArtistIndex(given, counts);
      expect(Array.from(index.artistOf)).toEqual(numbers);
      expect(Array.from(index.artistOf, (number) => index.names[number])).toEqual(artists);
      expect(index.names[0]).toBe("");
      for (let number = 1; number < index.names.length; number++) {
        const name = index.names[number]!;
        expect(index.guess(`${name}-anything`)).toBe(number);
        const own = tracks.map((_, t) => t).filter((t) => artists[t] === name && counts[t]! > 0);
        const { offsets, values } = index.tracks;
        expect(Array.from(values.subarray(offsets[number], offsets[number + 1]))).toEqual(
          own.sort((s, t) => counts[t]! - counts[s]!),
        );
      }
      expect(index.guess("nobody-anything")).toBe(0);
    }
  });
});

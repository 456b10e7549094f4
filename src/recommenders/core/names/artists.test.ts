import { describe, expect, it } from "vitest";
import { catalogueOf, catalogueTensors } from "../../../corpus/index.js";
import { processorMs } from "../../../system/time.testkit.js";
import { TrackNumbers } from "../asking/query.js";
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
  ])("use number 0 for tracks without one: %j", (artists, numbers) => {
    // Counted, and as a file tells them.
    for (const given of [artists, catalogueOf(catalogueTensors({ tracks, artists })).artists!]) {
      const index = new ArtistIndex(given, counts);
      expect(Array.from(index.artistOf)).toEqual(numbers);
      expect(Array.from(index.artistOf, (number) => index.names[number])).toEqual(artists);
      expect(index.names[0]).toBe("");
      for (let number = 1; number < index.names.length; number++) {
        const name = index.names[number]!;
        expect(index.guess(`${name}-anything`)).toBe(number);
        expect(index.guess(name)).toBe(number);
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

it("boosts tracks of artists in the context, including late plays and unknown tracks", () => {
  const index = new ArtistIndex(["X", "X", "Y", "Z", "", "Y"], counts);
  const numbers = new TrackNumbers(tracks);
  const asked = Uint32Array.of(0, 2, 3, 4);
  const favoured = (context: string[], power: number) => {
    const scores = Float64Array.of(10, 20, 30, 40);
    index.favour(numbers.query({ tracks: context }), power, asked, scores, asked.length);
    return Array.from(scores);
  };
  // The last play is by X, an unknown track of Y comes before it, and one by X before that: 1/2 + 1/4 for X, 1/3 for Y.
  const context = ["b", "Y-unheard", "a"];
  expect(favoured(context, 3)).toEqual([10 * (1 + 3 / 2 + 3 / 4), 20 * (1 + 3 / 3), 30, 40]);
  expect(favoured(["nobody-unheard", "e"], 3)).toEqual([10, 20, 30, 40]);
  // Nothing is left of the context before.
  expect(favoured(["d"], 2)).toEqual([10, 20, 60, 40]);
});

it("reads the artist of an id full of dashes in linear time, whatever follows the longest name", async () => {
  const index = new ArtistIndex(["Jay", "Jay-Z"], Uint32Array.of(1, 1));
  expect(index.names[index.guess("Jay-Z-Numb")]).toBe("Jay-Z");
  expect(index.names[index.guess(`Jay-Z${"-".repeat(5_000)}`)]).toBe("Jay-Z");
  expect(index.names[index.guess(`Jay-${"Y-".repeat(5_000)}`)]).toBe("Jay");
  expect(index.guess("Jay-Z or so, who knows")).toBe(1);
  expect(index.guess("JayZ-")).toBe(0);
  const dashes = Array.from({ length: 200 }, (_, i) => `${"-".repeat(2_000)}${i}`);
  expect(await processorMs(() => dashes.map((id) => index.guess(id)))).toBeLessThan(100);
});

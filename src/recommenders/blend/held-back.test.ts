import { expect, it } from "vitest";
import { Random } from "../../system/index.js";
import { joined, laterFor, placesOf } from "./held-back.js";

it("weights later tracks as answers by playlist length: not up to 20 tracks, fully from 60", () => {
  expect([5, 20, 30, 60, 200].map(laterFor)).toEqual([0, 0, 1 / 4, 1, 1]);
});

it("asks for all plays except each playlist's first, or for the last ones and some before them", () => {
  const tail = { trackCount: 1, offsets: Uint32Array.of(0, 5, 6, 9), items: new Uint32Array(9) };
  const asked = (most: number) =>
    placesOf(tail, most, new Random(1)).map(([session, place]) => [session, place]);
  const all = [1, 2, 3, 4].map((place) => [0, place]).concat([7, 8].map((place) => [2, place]));
  expect(asked(6).sort()).toEqual(all);
  // One of each playlist that has any.
  expect(asked(3).sort()).toEqual([
    [0, 4],
    [2, 8],
  ]);
});

it("concatenates the queries of several parts", () => {
  const part = (offsets: number[], first: number) => {
    const rows = Float32Array.from({ length: offsets.at(-1)! }, (_, row) => first + row);
    return {
      width: 1,
      start: 0,
      values: rows,
      weights: rows,
      relevance: rows,
      offsets: Uint32Array.from(offsets),
    };
  };
  const { offsets, values, weights, relevance } = joined([part([0, 2, 3], 1), part([0, 1], 4)]);
  expect([...offsets]).toEqual([0, 2, 3, 4]);
  for (const column of [values, weights, relevance]) expect([...column]).toEqual([1, 2, 3, 4]);
});

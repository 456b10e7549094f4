import { describe, expect, it } from "vitest";
import { CorpusBuilder } from "../../corpus/index.js";
import { atOnce } from "../../system/index.js";
import { keepBarsSteps, NO_ROW, vocabularySteps } from "./vocabulary.js";

const builder = new CorpusBuilder();
for (const tracks of [["b", "a", "a"], ["c", "a", "b"], ["d"]]) builder.add({ id: "", tracks });
const corpus = builder.build();
const base = { tracks: ["x", "c"], counts: [5, 4] };

describe("the vocabulary, worked by hand", () => {
  const of = (minCount: number, maxFinalVocab?: number, known?: typeof base) =>
    atOnce(vocabularySteps(corpus, { minCount, maxFinalVocab }, known));

  it("has the most frequent tracks first, equal ones in order of appearance", () => {
    expect(of(1)).toEqual({
      tracks: ["a", "b", "c", "d"],
      counts: Float64Array.of(3, 2, 1, 1),
      rowOf: Uint32Array.of(1, 0, 2, 3),
      words: 7,
      minCount: 1,
    });
  });

  it("begins with the tracks already trained, however rare, and adds to their counts", () => {
    expect(of(2, undefined, base)).toEqual({
      tracks: ["x", "c", "a", "b"],
      counts: Float64Array.of(5, 4 + 1, 3, 2),
      rowOf: Uint32Array.of(3, 2, 1, NO_ROW),
      words: 7,
      minCount: 2,
    });
  });

  it("has at most maxFinalVocab tracks, none as frequent as the first that does not fit, those already trained among them", () => {
    expect(of(1, 3)).toMatchObject({ tracks: ["a", "b"], minCount: 2 });
    expect(of(1, 2)).toMatchObject({ tracks: ["a", "b"], minCount: 2 });
    expect(of(1, 3, base)).toMatchObject({ tracks: ["x", "c", "a"], minCount: 3 });
    expect(of(1, 1, base)).toMatchObject({ tracks: ["x", "c"], minCount: 4 });
  });
});

it("keeps an occurrence with a probability of (sqrt(c/t) + 1) · t/c, worked by hand", () => {
  const bars = (sample: number) => [...atOnce(keepBarsSteps(Float64Array.of(12, 3, 1, 0), sample))];
  // t = 1/16 of 16 occurrences.
  const chance = (count: number) => Math.floor(((Math.sqrt(count) + 1) / count) * (2 ** 32 - 1));
  expect(bars(1 / 16)).toEqual([chance(12), chance(3), NO_ROW, NO_ROW]);
  expect(bars(0)).toEqual([NO_ROW, NO_ROW, NO_ROW, NO_ROW]);
});

import { expect, it } from "vitest";
import { Random } from "../../../system/index.js";
import type { Query } from "../../core/asking/query.js";
import type { Signals } from "../signals.js";
import { howToHoldBack, joined, laterFor, placesOf, rankingData } from "./held-back.js";

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

it("holds back several parts of at least a fifth, and one of the tail's size from 20,000 playlists on", () => {
  const settings = { tail: 0.1, folds: 4, queries: 1, hard: 1, easy: 1, later: 0 };
  expect(howToHoldBack(settings, 19_999)).toEqual({ folds: 4, tail: 0.2 });
  expect(howToHoldBack(settings, 20_000)).toEqual({ folds: 1, tail: 0.1 });
  expect(howToHoldBack({ ...settings, tail: 0.3 }, 100)).toEqual({ folds: 4, tail: 0.3 });
});

it("learns from the best candidates, all that play, and some others, which also stand for those left out", () => {
  const asked: Query[] = [];
  // Ten candidates, the lowest numbers first, with their numbers as their second feature; the sources know tracks below 20.
  const signals: Signals = {
    width: 2,
    count: 10,
    candidates: Uint32Array.from({ length: 10 }, (_, i) => i),
    features: new Float32Array(20),
    fallback: { counts: Uint32Array.from({ length: 30 }, (_, track) => (track < 20 ? 1 : 0)) },
    catalogue: { tracks: Array.from({ length: 30 }, (_, track) => `T-${track}`) },
    gather: (query: Query) => asked.push(query),
    write(i: number) {
      signals.features[2 * i + 1] = signals.candidates[i]!;
    },
  } as unknown as Signals;
  const tail = {
    trackCount: 30,
    offsets: Uint32Array.of(0, 7),
    items: Uint32Array.of(21, 22, 5, 23, 8, 5, 15),
  };
  const learn = (later: number, ...places: number[]) => {
    const choice = { hard: 2, easy: 2, later, firstSeed: 1 };
    const asked = places.map((place) => [0, place] as const);
    const steps = rankingData(signals, tail, ["rainy"], asked, choice, () => {});
    for (;;) {
      const { done, value } = steps.next();
      if (!done) continue;
      const { reached, offsets } = value;
      const rows = Array.from(value.weights, (weight, r) => [
        value.values[2 * r + 1],
        weight,
        value.relevance[r],
      ]);
      return { reached, offsets: [...offsets], rows };
    }
  };
  // Of the eight others, one from each half: here 2 and 8, but an answer only once.
  expect(learn(0, 2)).toEqual({
    reached: 1,
    offsets: [0, 5],
    rows: [
      [0, 1, 0],
      [1, 1, 0],
      [5, 1, 1],
      [2, 4, 0],
      [8, 4, 0],
    ],
  });
  expect(learn(0, 4)).toEqual({
    reached: 1,
    offsets: [0, 4],
    rows: [
      [0, 1, 0],
      [1, 1, 0],
      [8, 1, 1],
      [2, 4, 0],
    ],
  });
  expect(asked.pop()).toEqual({
    tracks: Uint32Array.of(5),
    unknown: ["T-21", "T-22", "T-23"],
    unknownAfter: 1,
    played: Int32Array.of(~0, ~1, 5, ~2),
    title: "rainy",
  });
  // What plays later counts a fiftieth each; a track that plays next and later counts as the next.
  const relevant = (...places: number[]) =>
    learn(1, ...places).rows.flatMap(([track, , relevance]) => (relevance === 0 ? [] : [[track, relevance]]));
  const later = Math.fround(0.02);
  const all = [
    [
      [5, later],
      [8, 1],
    ],
    [
      [5, 1],
      [8, later],
    ],
    [[5, 1]],
  ];
  expect([4, 2, 5].map((place) => relevant(place))).toEqual(all);
  expect(relevant(4, 2, 5)).toEqual(all.flat());
  // The sources do not know the next track, but one of the later ones.
  expect(learn(0, 3)).toEqual({ reached: 0, offsets: [0], rows: [] });
  expect(learn(1, 3)).toMatchObject({ reached: 0, offsets: [0, 5] });
  // The next track is no candidate, so there is nothing to learn.
  expect(learn(0, 6)).toEqual({ reached: 0, offsets: [0], rows: [] });
});

it("asks some questions as if the tracks were unknown but their artists known, and does not learn to avoid those tracks", () => {
  const asked: Query[] = [];
  const artistOf = (id: string) => (id.startsWith("Nobody") ? 0 : 1);
  const learnFrom = (artists: { guess(id: string): number } | undefined, name = "A") => {
    asked.length = 0;
    const signals = {
      width: 1,
      count: 4,
      candidates: Uint32Array.of(0, 1, 2, 3),
      features: new Float32Array(4),
      fallback: { counts: new Uint32Array(4).fill(1), artists },
      catalogue: { tracks: [0, 1, 2, 3].map((track) => `${name}-${track}`) },
      gather: (query: Query) => asked.push(query),
      write(i: number) {
        signals.features[i] = i;
      },
    } as unknown as Signals;
    const tail = { trackCount: 4, offsets: Uint32Array.of(0, 3), items: Uint32Array.of(0, 1, 2) };
    const places = Array.from({ length: 1000 }, () => [0, 2] as const);
    const steps = rankingData(
      signals,
      tail,
      undefined,
      places,
      { hard: 4, easy: 0, later: 0, firstSeed: 1 },
      () => {},
    );
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
    }
  };
  const { values, offsets } = learnFrom({ guess: artistOf });
  const hidden = asked.flatMap(({ tracks }, q) => (tracks.length === 0 ? [q] : []));
  expect(hidden.length).toBeGreaterThan(25);
  expect(hidden.length).toBeLessThan(100);
  expect(asked[hidden[0]!]).toMatchObject({
    unknown: ["A-0", "A-1"],
    unknownAfter: 2,
    played: Int32Array.of(~0, ~1),
  });
  for (const q of [0, hidden[0]!])
    expect([...values.subarray(offsets[q], offsets[q + 1])]).toEqual(q === 0 ? [0, 1, 2, 3] : [2, 3]);
  // An unknown context without known artists says nothing, and the blend is not asked.
  for (const artists of [undefined, { guess: artistOf }]) {
    learnFrom(artists, "Nobody");
    expect(asked.every(({ tracks }) => tracks.length === 2)).toBe(true);
  }
});

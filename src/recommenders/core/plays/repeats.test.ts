import { expect, it } from "vitest";
import { learnedRepeats, repeatChance, repeatsFor, runsAreRare } from "./repeats.js";

const sessionsOf = (lists: readonly number[][]) => ({
  trackCount: 1 + Math.max(...lists.flat()),
  offsets: Uint32Array.from([0, ...lists.map((_, i) => lists.slice(0, i + 1).flat().length)]),
  items: Uint32Array.from(lists.flat()),
});

it("is how often a repeatable track is repeated", () => {
  // After 0 there is one to repeat, after 0 1 there are two, and so there are after 0 1 0.
  expect(repeatChance(sessionsOf([[0, 1, 0, 2]]))).toBe(1 / 5);
  // What another playlist has is no repeat.
  expect(
    repeatChance(
      sessionsOf([
        [0, 1],
        [1, 0],
      ]),
    ),
  ).toBe(0);
  expect(repeatChance(sessionsOf([[0], [1]]))).toBe(0);
});

it("excludes played tracks for long playlists with few repeats, but not for sessions with the same share", () => {
  const ascending = (count: number, from: number) => Array.from({ length: count }, (_, i) => from + i);
  // Of 100 plays three repeat one of their own playlist.
  const long = ascending(97, 0).concat(3, 40, 77);
  const short = Array.from({ length: 20 }, (_, s) => [...ascending(4, 4 * s), s < 3 ? 4 * s : 100 + s]);
  expect(repeatsFor("auto", sessionsOf([long]))).toBe(0);
  expect(repeatsFor("auto", sessionsOf(short))).toBe(1);
  expect(repeatsFor(0.5, sessionsOf(short))).toBe(0.5);
});

it("lets a ranker decide on repeats if it has five hundred to learn from, however rare they are", () => {
  const long = [...Array(60).keys(), 7];
  expect(learnedRepeats(sessionsOf(Array(499).fill(long)))).toBe(0);
  expect(learnedRepeats(sessionsOf(Array(500).fill(long)))).toBe(1);
  expect(repeatsFor("auto", sessionsOf(Array(500).fill(long)))).toBe(0);
  // Where they are not rare they are never left out.
  expect(learnedRepeats(sessionsOf([[0, 1, 0, 2]]))).toBe(1);
});

it("finds runs of one track rare below one play in a hundred, within playlists", () => {
  const plain = Array.from({ length: 99 }, (_, i) => i);
  expect(runsAreRare(sessionsOf([plain, [98, 98]]))).toBe(true);
  expect(runsAreRare(sessionsOf([plain.slice(1), [98, 98]]))).toBe(false);
  expect(
    runsAreRare(
      sessionsOf([
        [0, 1, 0, 1],
        [1, 0],
      ]),
    ),
  ).toBe(true);
});

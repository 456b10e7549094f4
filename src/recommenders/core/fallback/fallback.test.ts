import { expect, it } from "vitest";
import { CorpusBuilder } from "../../../corpus/index.js";
import { TrackNumbers } from "../asking/query.js";
import { ScoreBoard } from "../scores/score-board.js";
import { Fallback } from "./fallback.js";

const builder = new CorpusBuilder();
for (const [title, ...tracks] of [
  ["rain", "A-1"],
  ["rain", "A-1", "B-1"],
  ["sun", "C-1"],
  ["sun", "C-1"],
  ["sun", "C-1", "A-2"],
] as const)
  builder.add({ id: "", title, tracks, artists: tracks.map((track) => track[0]!) });
const corpus = builder.build();
const fitted = Fallback.fit(corpus);

/** The scores by track, highest first. */
function filled(context: readonly string[], title?: string, wanted = 4, without: readonly string[] = []) {
  return [fitted, Fallback.restore(fitted.save(), corpus)].map((fallback) => {
    const board = new ScoreBoard(corpus.tracks.length);
    board.clear();
    const skip = (track: number) => without.includes(corpus.tracks[track]!);
    fallback.fill(new TrackNumbers(corpus.tracks).query({ tracks: context, title }), board, wanted, skip);
    return Array.from(board.touched.subarray(0, board.count))
      .sort((a, b) => board.get(b) - board.get(a))
      .map((track) => [corpus.tracks[track], board.get(track)]);
  });
}

const both = (...scores: [track: string, score: number][]) => {
  const expected = scores.map(([track, score]) => [track, expect.closeTo(score, 6)]);
  return [expected, expected];
};

// In 3, 2, 1 and 1 playlists: what is only popular has a quarter of its share of the most, 1 added to each.
const [c1, b1, a2] = [1 / 4, 2 / 16, 2 / 16];

it("scores tracks by the context's artists, the last one's counting most, then popular tracks; worked by hand", () => {
  const ofA = [1 / 4 + 3 / 8, 1 / 4 + (3 / 8) * (2 / 3)] as const;
  expect(filled(["A-unheard"])).toEqual(both(["A-1", ofA[0]], ["A-2", ofA[1]], ["C-1", c1], ["B-1", b1]));
  const ofB = 1 / 4 + (3 / 8) * (1 / 3 / (1 / 2));
  expect(filled(["B-1", "A-1"])).toEqual(both(["A-1", ofA[0]], ["A-2", ofA[1]], ["B-1", ofB], ["C-1", c1]));
});

it("scores tracks of the title's playlists by their share of these, and a little by popularity; worked by hand", () => {
  // A-1 is in both of the word's playlists, B-1 in one.
  const rain = [
    ["A-1", 1 / 4 + 5 / 16 + 2 / 3 / 16],
    ["B-1", 1 / 4 + 5 / 32 + 1 / 3 / 16],
  ] as [string, number][];
  expect(filled([], "Rain")).toEqual(both(...rain, ["C-1", c1], ["A-2", a2]));
  expect(filled([], "Rain", 2)).toEqual(both(...rain));
  // Those that are left out do not count as found.
  expect(filled([], "Rain", 2, ["A-1"])).toEqual(both(...rain, ["C-1", c1]));
  expect(filled([], "Rain", 2, ["A-1", "C-1"])).toEqual(both(...rain, ["A-2", a2]));
});

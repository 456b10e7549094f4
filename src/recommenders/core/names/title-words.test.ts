import { expect, it } from "vitest";
import { CorpusBuilder } from "../../../corpus/index.js";
import { TrackNumbers } from "../asking/query.js";
import { ScoreBoard } from "../scores/score-board.js";
import { TitleWords } from "./title-words.js";

const builder = new CorpusBuilder();
builder.add({ id: "1", title: "zen mornings", tracks: ["A", "B", "A"] });
builder.add({ id: "2", title: "Zen evening", tracks: ["A", "C"] });
builder.add({ id: "3", title: "alone", tracks: ["D", "E"] });
const corpus = builder.build();
const words = TitleWords.fit(corpus, corpus.titles!);

function scored(of: TitleWords, title: string, isSharedOnly: boolean): string[] {
  const board = new ScoreBoard(corpus.tracks.length);
  board.clear();
  of.score(new TrackNumbers(corpus.tracks).query({ tracks: [], title }), board, isSharedOnly);
  return Array.from(board.touched.subarray(0, board.count), (track) => corpus.tracks[track]!).sort();
}

it("counts how many of a word's playlists hold each track, worked by hand", () => {
  expect(words.words).toEqual(["zen", "alone", "evening", "morning"]);
  const shares = (word: number) => {
    const own = Array.from({ length: words.offsets[word + 1]! - words.offsets[word]! }, (_, i) => [
      corpus.tracks[words.tracks[words.offsets[word]! + i]!],
      words.shares[words.offsets[word]! + i],
    ]);
    return Object.fromEntries(own);
  };
  const [both, one, only] = [2 / (2 + 3), 1 / (2 + 3), 1 / (1 + 3)].map(Math.fround);
  expect([0, 1, 2, 3].map(shares)).toEqual([
    { A: both, B: one, C: one },
    { D: only, E: only },
    { A: only, C: only },
    { A: only, B: only },
  ]);
  expect([...words.idf]).toEqual([3 / 2, 3, 3, 3].map((rarity) => Math.fround(Math.log(1 + rarity))));
});

it("distinguishes words of one playlist from those of several, also when restored", () => {
  for (const of of [words, TitleWords.restore(words.save())]) {
    expect(scored(of, "alone, zen", false)).toEqual(["A", "B", "C", "D", "E"]);
    expect(scored(of, "alone, zen", true)).toEqual(["A", "B", "C"]);
    expect(scored(of, "alone", true)).toEqual([]);
  }
});

it("treats all words of a version 1 state as words of several playlists, as before", () => {
  const { settings, ...state } = words.save();
  const restored = TitleWords.restore({
    ...state,
    version: 1,
    settings: { words: settings.words as string[] },
  });
  expect(scored(restored, "alone", true)).toEqual(["D", "E"]);
});

it("reads 80's as 80s; other apostrophes separate words", () => {
  const named = new CorpusBuilder();
  ["80s", "80’S rock", "Mom's", "moms", "summer'16", "l'amour"].forEach((title, id) => {
    named.add({ id: `${id}`, title, tracks: ["A"] });
  });
  const of = TitleWords.fit(named.build(), named.build().titles!);
  expect(of.words).toEqual(["80s", "mom", "16", "amour", "l", "rock", "summer"]);
  expect([...of.known("The 80's").values()]).toEqual(["80's"]);
});

it("reads two words as one if a title writes them so", () => {
  const named = new CorpusBuilder();
  ["K-Pop", "kpop hits", "pop", "Hip Hop", "lofi"].forEach((title, id) => {
    named.add({ id: `${id}`, title, tracks: [title, "A"] });
  });
  const built = named.build();
  const of = TitleWords.fit(built, built.titles!);
  const known = (title: string) => [...of.known(title)].map(([w, written]) => [of.words[w], written]);
  const tracksOf = (title: string) => {
    const [w] = of.known(title).keys() as Iterable<number>;
    return Array.from(
      of.tracks.subarray(of.offsets[w!]!, of.offsets[w! + 1]!),
      (t) => built.tracks[t]!,
    ).sort();
  };
  expect(tracksOf("kpop")).toEqual(["A", "K-Pop", "kpop hits"]);
  expect(tracksOf("pop")).toEqual(["A", "K-Pop", "pop"]);
  expect(known("Best K-pop")).toEqual([["+kpop", "K-pop"]]);
  expect(known("KPOP")).toEqual([["+kpop", "KPOP"]]);
  expect(known("Lo-Fi")).toEqual([["lofi", "Lo-Fi"]]);
  expect(known("hip-hop, pop")).toEqual([
    ["hip", "hip"],
    ["hop", "hop"],
    ["pop", "pop"],
  ]);
  expect(of.words).not.toContain("+hiphop");
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance, Random } from "../../system/index.js";
import { processorMs } from "../../system/time.testkit.js";
import { TrackSearch } from "./track-search.js";
import { wordsOf } from "./words.js";

const random = new Random(5);
const syllables = ["ka", "ri", "to", "mun", "del", "sha", "vo", "qui", "ber", "lin", "ost", "ara"];
const word = () =>
  Array.from({ length: 2 + random.below(3) }, () => syllables[random.below(syllables.length)]).join("");
const artists = Array.from({ length: 300 }, () => `${word()} ${word()}`);
const tracks = [
  ...new Set(
    Array.from({ length: 3_000 }, () => `${artists[random.below(300)]}-${word()} ${word()} ${word()}`),
  ),
];

/** One slip of the finger: a letter left out, doubled, replaced or swapped with its neighbour. */
function misspell(text: string): string {
  const i = 1 + random.below(text.length - 3);
  const slips = [
    text.slice(0, i) + text.slice(i + 1),
    text.slice(0, i) + text[i] + text.slice(i),
    `${text.slice(0, i)}x${text.slice(i + 1)}`,
    text.slice(0, i) + text[i + 1] + text[i] + text.slice(i + 2),
  ];
  return slips[random.below(slips.length)]!;
}

describe("search over titles and artists", () => {
  it("finds every track by its own words, first", async () => {
    const search = await TrackSearch.build(tracks);
    for (const track of tracks.slice(0, 300)) {
      const [hit] = search.find(track, 1);
      expect(new Set(wordsOf(hit!.track))).toEqual(new Set(wordsOf(track)));
      expect(hit!.score).toBeGreaterThan(0.85);
    }
  });

  it("finds 95 % of tracks with a typo in one word", async () => {
    const search = await TrackSearch.build(tracks);
    const found = tracks.slice(0, 500).filter((track) => {
      const words = wordsOf(track);
      const at = random.below(words.length);
      words[at] = misspell(words[at]!);
      return search.find(words.join(" "), 5).some((hit) => hit.track === track);
    });
    expect(found.length / 500).toBeGreaterThan(0.95);
  });

  it("returns at most the limit, best first, each once, independent of the last query", async () => {
    const search = await TrackSearch.build(tracks);
    const first = search.find("karito mundel", 20);
    for (let i = 0; i < 20; i++) search.find(tracks[i]!, 5);
    expect(search.find("karito mundel", 20)).toEqual(first);
    expect(first).toHaveLength(20);
    expect(search.find("karito mundel", 3)).toEqual(first.slice(0, 3));
    expect(new Set(first.map((hit) => hit.track)).size).toBe(first.length);
    for (let i = 1; i < first.length; i++) expect(first[i]!.score).toBeLessThanOrEqual(first[i - 1]!.score);
  });

  it("finds words by their first two letters and by as many typos as their length allows, rare words first", async () => {
    const named = [
      "A-Louver",
      "B-Xylophone",
      "C-Sunday",
      "C-Sun",
      "C-Sugar",
      "D-Lover",
      "E-Lover",
      "F-Lover",
    ];
    const search = await TrackSearch.build(named);
    const found = (typed: string) => search.find(typed, 9).map(({ track }) => track);
    expect([found("xy"), found("suga"), found("s")]).toEqual([["B-Xylophone"], ["C-Sugar"], []]);
    expect(found("su")).toEqual(["C-Sun", "C-Sugar", "C-Sunday"]);
    const lovers = ["D-Lover", "E-Lover", "F-Lover"];
    expect(found("lover")).toEqual([...lovers, "A-Louver"]);
    expect(found("lover xylo")).toEqual(["B-Xylophone", ...lovers, "A-Louver"]);
    // A swap of neighbours leaves one of five trigrams.
    expect([found("lvoer"), found("lvoerr")]).toEqual([lovers, []]);
    expect([found("xxyloophone"), found("xxylooophone")]).toEqual([["B-Xylophone"], []]);
  });

  it("matches the most popular of tracks with the same words, but an exact name only to itself", async () => {
    const named = ["Cover Band-Long Song", "Tribute-Long Song", "The Band-Long Song - Remastered 2011"];
    const search = await TrackSearch.build(named, [1, 3, 200]);
    const found = (typed: string) => search.find(typed, 3).map(({ track }) => track);
    expect(found("long song")).toEqual([named[2], named[1], named[0]]);
    expect(found("cover band long song")[0]).toBe(named[0]);
    expect(found("tribute long snog")[0]).toBe(named[1]);
    const unknown = await TrackSearch.build(named, []);
    expect(unknown.find("long song", 1).map(({ track }) => track)).toEqual([named[1]]);
  });

  it("finds titles by symbols and emoji if the query has no words", async () => {
    const search = await TrackSearch.build(["A-Fire 🔥", "A-Fire", "B-÷", "C-Sun ☀️ 👍🏽", "D-+"]);
    const found = (typed: string) => search.find(typed, 5).map(({ track }) => track);
    expect(found("🔥")).toEqual(["A-Fire 🔥"]);
    expect(found("☀")).toEqual(["C-Sun ☀️ 👍🏽"]);
    expect(found("👍")).toEqual(["C-Sun ☀️ 👍🏽"]);
    expect(found("÷")).toEqual(["B-÷"]);
    expect(found("🎸")).toEqual([]);
    // Beside words they do not count: titles are often typed without them.
    expect(found("fire 🔥")).toEqual(found("fire"));
    expect(search.named("a - fire")).toEqual(["A-Fire 🔥", "A-Fire"]);
  });

  it("takes a moment for a word of a hundred thousand letters, and finds it by its beginning", async () => {
    const alphabet = "abcdefghijklmnopqrstuvwxyzабвгдежзиклмнопрстуфхцчшщъыьэюя";
    const letters = Array.from({ length: 100_000 }, () => alphabet[random.below(alphabet.length)]).join("");
    let search: TrackSearch | undefined;
    expect(await processorMs(async () => (search = await TrackSearch.build(["A-B", letters])))).toBeLessThan(
      400,
    );
    expect(search!.find(letters.slice(0, 200), 1)[0]!.track).toBe(letters);
  });

  it("answers any query on an empty collection", async () => {
    const empty = await TrackSearch.build([]);
    const search = await TrackSearch.build(tracks.slice(0, 50));
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (query) => {
        expect(empty.find(query, 5)).toEqual([]);
        for (const hit of search.find(query, 5)) {
          expect(hit.score).toBeGreaterThan(0);
          expect(hit.score).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe("words", () => {
  it("ignore case, accents and punctuation, and are character pairs in scripts without spaces", () => {
    expect(wordsOf("Beyoncé – Déjà Vu (feat. JAY-Z)")).toEqual(["beyonce", "deja", "vu", "feat", "jay", "z"]);
    expect(wordsOf("Don't Stop 'Til")).toEqual(["dont", "stop", "til"]);
    expect(wordsOf("丸の内サ")).toEqual(["丸の", "の内", "内サ"]);
    expect(wordsOf("Ｆｕｌｌ ﬁne")).toEqual(["full", "fine"]);
    expect(wordsOf("!!!")).toEqual([]);
  });

  it("have the edit distance of a plain recursion", () => {
    const plain = (a: string, b: string): number => {
      if (a === "" || b === "") return a.length + b.length;
      const same = a[0] === b[0] ? 0 : 1;
      let best = Math.min(
        plain(a.slice(1), b) + 1,
        plain(a, b.slice(1)) + 1,
        plain(a.slice(1), b.slice(1)) + same,
      );
      if (a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0])
        best = Math.min(best, plain(a.slice(2), b.slice(2)) + 1);
      return best;
    };
    const short = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 6 });
    fc.assert(
      fc.property(short, short, fc.integer({ min: 0, max: 6 }), (a, b, limit) => {
        expect(Math.min(editDistance(a, b, limit), limit + 1)).toBe(Math.min(plain(a, b), limit + 1));
      }),
    );
  });
});

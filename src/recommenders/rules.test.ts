import { describe, expect, it } from "vitest";
import { CorpusBuilder } from "../corpus/index.js";
import type { SegueError } from "../system/index.js";
import { checkerboard, scenes } from "./contract.testkit.js";
import { extendPlaylist, fitRecommender, RuledRecommender } from "./index.js";

const corpus = checkerboard();
const crowd = scenes();
const context = { tracks: ["Black-03", "Black-04"] };
const neighbours = await fitRecommender("vstan", corpus, { repeats: 1 });
const popular = await fitRecommender("popularity", corpus, { repeats: 1 });

describe("rules", () => {
  it("leaves out played and excluded tracks, and still returns k", () => {
    const ruled = new RuledRecommender(neighbours, corpus);
    const { tracks } = ruled.recommend(context, 20, { excludePlayed: true, exclude: ["Black-05"] });
    expect(tracks).toHaveLength(20);
    for (const out of ["Black-03", "Black-04", "Black-05"]) expect(tracks).not.toContain(out);
    const { tracks: all } = ruled.recommend(context, 24, { excludePlayed: false });
    expect(all).toEqual(expect.arrayContaining(context.tracks));
  });

  it("names a wrapped recommender that does not answer with rankings", () => {
    for (const answer of [undefined, [], [{ tracks: ["Black-03"] }]]) {
      const broken = {
        ...popular,
        name: "mine",
        save: () => popular.save(),
        recommend: () => answer as never,
      };
      expect(() => new RuledRecommender(broken, corpus).recommend(context, 3)).toThrow(
        /^mine must give 1 rankings/,
      );
    }
  });

  it("caps tracks per artist", () => {
    const { tracks } = new RuledRecommender(neighbours, corpus).recommend(context, 6, { perArtist: 3 });
    expect(tracks.filter((track) => track.startsWith("Black-"))).toHaveLength(3);
    expect(tracks.filter((track) => track.startsWith("White-"))).toHaveLength(3);
    expect(
      new RuledRecommender(popular, corpus).recommend(context, 10, { perArtist: 1 }).tracks,
    ).toHaveLength(2);
  });

  it("leaves out the artists of the last tracks, as many as are to separate an artist's tracks", () => {
    const ruled = new RuledRecommender(neighbours, corpus);
    const colours = (tracks: string[], artistSeparation: number) =>
      new Set(ruled.recommend({ tracks }, 48, { artistSeparation }).tracks.map((track) => track.slice(0, 5)));
    expect(colours(["White-01", "Black-03"], 0)).toEqual(new Set(["Black", "White"]));
    expect(colours(["White-01", "Black-03"], 1)).toEqual(new Set(["White"]));
    expect(colours(["White-01", "Black-03"], 2)).toEqual(new Set());
    expect(colours(["White-01", "Black-03", "Nobody-Unheard"], 1)).toEqual(new Set(["Black", "White"]));
  });

  it("takes an artist for the same with guests, in other case, and in an unknown id", async () => {
    const builder = new CorpusBuilder();
    const artists = ["Drake", "DRAKE feat. Rihanna", "Rihanna", "Drakes"];
    builder.add({ id: "1", tracks: artists.map((artist) => `${artist}-Song`), artists });
    const spelled = builder.build();
    const ruled = new RuledRecommender(await fitRecommender("popularity", spelled), spelled);
    const others = ["Drakes-Song", "Rihanna-Song"];
    for (const played of [
      "Drake-Song",
      "DRAKE feat. Rihanna-Song",
      "drake ft. Future - Unheard",
      "Drake-x-y",
    ])
      expect(ruled.recommend({ tracks: [played] }, 4, { artistSeparation: 1 }).tracks).toEqual(others);
    expect(ruled.recommend({ tracks: [] }, 4, { perArtist: 1 }).tracks).toHaveLength(3);
  });

  it("filters by artist and by title word", () => {
    const ruled = new RuledRecommender(neighbours, corpus);
    const white = ruled.recommend(context, 24, { artists: ["white"] });
    expect(white.tracks).toHaveLength(24);
    expect(white.tracks.every((track) => track.startsWith("White-"))).toBe(true);
    const carried = ruled.recommend(context, 24, { words: ["White"] });
    expect(new Set(carried.tracks)).toEqual(new Set(white.tracks));
    expect(ruled.recommend(context, 5, { words: ["polka"] }).tracks).toEqual([]);
  });

  it("matches artists with composed and decomposed accents", async () => {
    const builder = new CorpusBuilder();
    builder.add({
      id: "1",
      tracks: ["Bjo\u0308rn-Here", "Björk-Army of Me"],
      artists: ["Bjo\u0308rn", "Björk"],
    });
    const sung = builder.build();
    const ruled = new RuledRecommender(await fitRecommender("popularity", sung), sung);
    const by = (artist: string) => ruled.recommend({ tracks: [] }, 5, { artists: [artist] }).tracks;
    for (const form of ["NFC", "NFD"]) expect(by("BJÖRK".normalize(form))).toEqual(["Björk-Army of Me"]);
    // As data spell it that cleaning has not been through.
    expect(by("Bjo\u0308rn")).toEqual(["Bjo\u0308rn-Here"]);
  });

  it("finds all tracks of a word's playlists", async () => {
    const carried = new Set<string>();
    for (let p = 0; p < crowd.titles!.length; p++) {
      if (!crowd.titles![p]!.startsWith("Pop")) continue;
      for (let i = crowd.offsets[p]!; i < crowd.offsets[p + 1]!; i++)
        carried.add(crowd.tracks[crowd.items[i]!]!);
    }
    expect(carried.size).toBeGreaterThan(500);
    const ruled = new RuledRecommender(await fitRecommender("vstan", crowd), crowd);
    const { tracks } = ruled.recommend({ tracks: [] }, 3000, { words: ["pop"] });
    expect(new Set(tracks)).toEqual(carried);
  });

  it("says what is wrong with a rule", async () => {
    const bare = checkerboard({ artists: false, titles: false });
    const ruled = new RuledRecommender(await fitRecommender("vstan", bare), bare);
    expect(() => ruled.recommend(context, 5, { perArtist: 0 })).toThrow(
      "perArtist must be a whole number ≥ 1, got 0",
    );
    expect(() => ruled.recommend(context, 5, { artistSeparation: -1 })).toThrow(
      "artistSeparation must be a whole number ≥ 0, got -1",
    );
    for (const rules of [{ perArtist: 1 }, { artistSeparation: 1 }])
      expect(() => ruled.recommend(context, 5, rules)).toThrow(/the data has none/);
    expect(ruled.recommend(context, 5, { artistSeparation: 0 }).tracks).toHaveLength(5);
    expect(() => ruled.recommend(context, 5, { words: ["x"] })).toThrow(/vstan has learnt none/);
  });

  it("refuses unknown rules, and invalid values", () => {
    const ruled = new RuledRecommender(neighbours, corpus);
    for (const [rules, message, hint] of [
      [
        { perartist: 1 },
        'there is no rule "perartist"',
        /^Did you mean perArtist\? Rules are: excludePlayed, /,
      ],
      [
        { excludeArtists: ["Black"] },
        'there is no rule "excludeArtists"',
        /exclude, perArtist, artistSeparation, artists, words\.$/,
      ],
      [{ toString: 1 }, 'there is no rule "toString"', /Rules are/],
      [{ exclude: "Black-05" }, 'exclude must be a list of track ids, got "Black-05"', undefined],
      [{ artists: [5] }, "artists must be a list of artists' names, got [5]", undefined],
      [{ excludePlayed: "no" }, 'excludePlayed must be true or false, got "no"', undefined],
      [["Black-05"], 'rules must be an object, got ["Black-05"]', /Rules are/],
      [null, "rules must be an object, got null", /Rules are/],
    ] as const) {
      const ask = [
        () => ruled.recommend(context, 5, rules as never),
        () => extendPlaylist(neighbours, corpus, context, 5, { rules: rules as never }),
      ];
      for (const each of ask) {
        const error = thrownBy(each);
        expect(error).toMatchObject({ name: "SegueError", message, exitCode: 2 });
        if (hint !== undefined) expect((error as SegueError).hint).toMatch(hint);
      }
    }
    expect(() => ruled.recommend({} as never, 5)).toThrow(/^the context must have a list of tracks, got {}/);
    for (const tracks of [[7], ["Black-03", undefined]])
      expect(() => neighbours.recommend([{ tracks }] as never, 5)).toThrow(
        `the tracks of contexts[0] must be ids, got ${tracks.at(-1)}`,
      );
    expect(ruled.recommend(context, 5, { perArtist: undefined } as never).tracks).toHaveLength(5);
  });
});

function thrownBy(what: () => unknown): unknown {
  try {
    what();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

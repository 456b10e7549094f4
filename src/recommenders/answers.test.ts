import { beforeAll, describe, expect, it } from "vitest";
import { CorpusBuilder } from "../corpus/index.js";
import type { SegueError } from "../system/index.js";
import { processorMs } from "../system/time.testkit.js";
import { checkerboard, scenes } from "./contract.testkit.js";
import {
  type Context,
  Explainer,
  extendPlaylist,
  type FittedRecommender,
  fitRecommender,
  RuledRecommender,
  type Rules,
  reasonsAsText,
  type TrackVectorModel,
} from "./index.js";

const corpus = checkerboard();
const crowd = scenes();
const context = { tracks: ["Black-03", "Black-04"] };
let neighbours: FittedRecommender;
let popular: FittedRecommender;
beforeAll(async () => {
  neighbours = await fitRecommender("vstan", corpus, { repeats: 1 });
  popular = await fitRecommender("popularity", corpus, { repeats: 1 });
});

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

describe("explain", () => {
  it("refuses an invalid context", () => {
    const explainer = new Explainer(neighbours, corpus);
    expect(() => explainer.explain([] as never, "Black-05")).toThrow(
      /^the context must have a list of tracks/,
    );
  });

  it("counts what a track followed, worked by hand", () => {
    const reasons = new Explainer(neighbours, corpus).explain(context, "Black-05");
    let followed = 0;
    for (let p = 0; p + 1 < corpus.offsets.length; p++) {
      const ids = Array.from(
        corpus.items.slice(corpus.offsets[p], corpus.offsets[p + 1]),
        (t) => corpus.tracks[t],
      );
      const at = ids.indexOf("Black-05");
      if (at > 0 && ids[at - 1] === "Black-04") followed++;
    }
    expect(reasons).toContainEqual({ kind: "after", track: "Black-04", playlists: followed });
    expect(reasons).toContainEqual({ kind: "artist", artist: "Black" });
    expect(reasonsAsText(reasons)).toMatch(
      new RegExp(`^after Black-04 in ${followed} playlists; .*same artist \\(Black\\)$`),
    );
  });

  it("compares vectors of tracks that have one, and uses the artists of unknown tracks", async () => {
    const recommender = await fitRecommender("nearest", crowd, { minCount: 5, epochs: 5 });
    const { vectors } = recommender as TrackVectorModel;
    expect(vectors.length).toBeLessThan(crowd.tracks.length);
    const explainer = new Explainer(recommender, crowd);
    const asked = vectors.tracks[vectors.length - 1]!;
    const near = vectors.nearest(asked, 1);
    expect(near.scores[0]).toBeGreaterThan(0.3);
    const reasons = explainer.explain({ tracks: ["nobody", asked] }, near.tracks[0]!);
    const cosine = reasons.find((reason) => reason.kind === "near")?.cosine;
    expect(cosine).toBeCloseTo(near.scores[0]!, 4);
    expect(explainer.explain({ tracks: ["Jazz 3-Unheard"] }, "Jazz 3-3")).toContainEqual({
      kind: "artist",
      artist: "Jazz 3",
    });
    expect(explainer.explain({ tracks: ["Jazz 4-Unheard"] }, "Jazz 3-3")).toEqual([]);
  });

  it("names title words, repeats and popularity, and says nothing about unknown tracks", () => {
    const explainer = new Explainer(neighbours, corpus);
    expect(explainer.explain({ tracks: [], title: "white nights" }, "White-01")[0]).toMatchObject({
      kind: "title",
      word: "white",
    });
    // As it was typed, not as it was looked up.
    const typed = explainer.explain({ tracks: [], title: "Tunes by day" }, "White-01");
    expect(typed[0]).toMatchObject({ kind: "title", word: "Tunes" });
    expect(explainer.explain(context, "Black-03")[0]).toEqual({ kind: "played", times: 1 });
    const long = { tracks: ["White-01", ...Array.from({ length: 60 }, () => "Black-03")] };
    expect(explainer.explain(long, "White-01")[0]).toEqual({ kind: "played", times: 1 });
    expect(explainer.explain(long, "Black-03")[0]).toEqual({ kind: "played", times: 60 });
    expect(explainer.explain({ tracks: [] }, "White-01")[0]?.kind).toBe("popular");
    expect(new Explainer(popular, corpus).explain({ tracks: [] }, "White-01")).toEqual(
      explainer.explain({ tracks: [] }, "White-01"),
    );
    expect(explainer.explain(context, "Nobody-Nothing")).toEqual([]);
  });
});

it("explains all tracks of an answer in the time of one reading of the context", async () => {
  const explainer = new Explainer(neighbours, corpus);
  const tracks = Array.from({ length: 1000 }, (_, i) => `${"Nobody-".repeat(200)}${i}`);
  const spent = await processorMs(() => {
    for (let i = 0; i < 1000; i++) explainer.explain({ tracks: [...tracks] }, "White-01");
  });
  expect(spent).toBeLessThan(1000);
  // A context that has changed since is read again.
  const growing = { tracks: ["White-01"] };
  expect(explainer.explain(growing, "White-01")[0]).toEqual({ kind: "played", times: 1 });
  growing.tracks.push("White-01");
  expect(explainer.explain(growing, "White-01")[0]).toEqual({ kind: "played", times: 2 });
  growing.tracks[0] = "Black-03";
  expect(explainer.explain(growing, "White-01")[0]).toEqual({ kind: "played", times: 1 });
});

describe("the fallback that fills up an answer", () => {
  it.each(["vstan", "artist"])(
    "uses tracks by the artists, then of the title's playlists, then popular ones: %s",
    async (kind) => {
      const recommender = await fitRecommender(kind, crowd);
      const titled = recommender.recommend([{ tracks: [], title: "dub sunday" }], 100)[0]!.tracks;
      expect(titled.every((track) => track.startsWith("Dub "))).toBe(true);
      const unheard = recommender.recommend([{ tracks: ["Jazz 3-Unheard"] }], 100)[0]!.tracks;
      const own = crowd.tracks.filter((track) => track.startsWith("Jazz 3-"));
      expect(new Set(unheard.slice(0, own.length))).toEqual(new Set(own));
      const [popular] = (await fitRecommender("popularity", crowd)).recommend([{ tracks: [] }], 100);
      const rest = unheard.slice(own.length);
      expect(rest).toEqual(popular!.tracks.filter((track) => !own.includes(track)).slice(0, rest.length));
    },
  );
});

it("does not ask the blend if neither a track nor an artist is known", async () => {
  const light = { trees: 20, folds: 1, vectorEpochs: 1 };
  const blend = await fitRecommender("blend", corpus, light);
  const popularity = await fitRecommender("popularity", corpus);
  const answer = (of: FittedRecommender, asked: Context) => of.recommend([asked], 20)[0]!.tracks;
  const unheard = { tracks: ["Nobody-Nothing"] };
  expect(answer(blend, unheard)).toEqual(answer(popularity, unheard));
  const titled = answer(blend, { ...unheard, title: "white nights" });
  expect(titled.every((track) => track.startsWith("White-"))).toBe(true);
  const byArtist = answer(blend, { tracks: ["White-Unheard"] });
  expect(byArtist[0]).toMatch(/^White-/);
});

it("fills a long answer of the blend with what its sources nominated, before what is popular everywhere", async () => {
  const blend = await fitRecommender("blend", crowd, { trees: 20, folds: 1, candidates: 50 });
  const asked = [{ tracks: ["Folk 1-1", "Folk 2-2", "Folk 3-3"] }];
  const { tracks } = blend.recommend(asked, 300)[0]!;
  expect(tracks.filter((track) => track.startsWith("Folk ")).length).toBeGreaterThan(270);
  expect(blend.recommend(asked, 40)[0]!.tracks).toEqual(tracks.slice(0, 40));
});

describe("words of titles", () => {
  const builder = new CorpusBuilder();
  const add = (title: string, ...tracks: string[]) => builder.add({ id: title, title, tracks });
  add("Rainy days ☔️", "A-Obscure", "B-Known", "C-Obscure");
  add("🔥🔥🔥", "D-Hot", "B-Known");
  add("夏 🇯🇵", "E-Summer");
  add("Crème", "F-Sweet");
  const few = builder.build();
  let recommender: FittedRecommender;
  beforeAll(async () => {
    recommender = await fitRecommender("vstan", few);
  });

  it.each([
    ["rainy", "B-Known"],
    ["RAINY DAY", "B-Known"],
    ["☔", "B-Known"],
    ["the 🔥 list", "B-Known"],
    ["夏", "E-Summer"],
    ["🇯🇵", "E-Summer"],
    ["creme", "F-Sweet"],
  ])("match a single playlist, even emoji, with its popular tracks first: %s", (title, first) => {
    const { tracks, scores } = recommender.recommend([{ tracks: [], title }], 6)[0]!;
    expect(tracks[0]).toBe(first);
    const carried = new RuledRecommender(recommender, few).recommend({ tracks: [] }, 6, { words: [title] });
    expect([...carried.tracks].sort()).toEqual([...tracks.slice(0, carried.tracks.length)].sort());
    expect(scores[carried.tracks.length]!).toBeLessThan(-2 + 1 / 4 + 1e-6);
  });

  it("are named once, as written", () => {
    const explainer = new Explainer(recommender, few);
    const named = explainer.explain({ tracks: [], title: "Day 🔥 days ☔️" }, "B-Known");
    expect(named).toMatchObject([
      { kind: "title", word: "Day" },
      { kind: "title", word: "🔥" },
      { kind: "title", word: "☔" },
    ]);
  });
});

describe("extend", () => {
  it("continues in the style of one track, without repeats", () => {
    const added = extendPlaylist(neighbours, corpus, { tracks: ["White-07"] }, 12);
    expect(added).toHaveLength(12);
    expect(new Set(["White-07", ...added]).size).toBe(13);
    expect(added.every((track) => track.startsWith("White-"))).toBe(true);
  });

  it("starts from title words alone", async () => {
    for (const kind of ["vstan", "blend"]) {
      const recommender = await fitRecommender(
        kind,
        corpus,
        kind === "blend" ? { trees: 20, folds: 1, vectorEpochs: 1 } : {},
      );
      const added = extendPlaylist(recommender, corpus, { tracks: [], title: "Black sunday" }, 5);
      expect(added).toHaveLength(5);
      expect(added.every((track) => track.startsWith("Black-"))).toBe(true);
    }
  });

  it("varies only with the seed", () => {
    const draw = (seed: number) => extendPlaylist(neighbours, corpus, context, 8, { variety: 1, seed });
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    // With weights of 1, 1/e, 1/e² … the first of ten comes with a chance of 0.632, the second with 0.233.
    const order = popular.recommend([{ tracks: [] }], 10)[0]!.tracks;
    const times = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 1000; seed++)
      times[order.indexOf(extendPlaylist(popular, corpus, { tracks: [] }, 1, { variety: 0.2, seed })[0]!)]! +=
        1;
    expect(Math.abs(times[0]! - 632)).toBeLessThan(60);
    expect(Math.abs(times[1]! - 233)).toBeLessThan(60);
  });

  it("keeps the cap per artist over the whole list", () => {
    const added = extendPlaylist(neighbours, corpus, context, 8, { rules: { perArtist: 3 } });
    expect(added.filter((track) => track.startsWith("Black-"))).toHaveLength(3);
    expect(added).toHaveLength(6);
  });

  it("separates the tracks of an artist, from the context's too, together with the other rules", async () => {
    const recommender = await fitRecommender("artist", crowd);
    const start = { tracks: ["Pop 1-1", "Pop 0-0", "Pop 2-2"] };
    const artistOf = (track: string) => track.slice(0, track.indexOf("-"));
    const gap = (list: readonly string[]) => {
      const last = new Map<string, number>();
      return Math.min(
        ...list.map((track, place) => {
          const before = last.get(artistOf(track)) ?? Number.NEGATIVE_INFINITY;
          last.set(artistOf(track), place);
          return place < start.tracks.length ? Number.POSITIVE_INFINITY : place - before;
        }),
      );
    };
    const added = (n: number, rules: Rules, variety = 0) =>
      extendPlaylist(recommender, crowd, start, n, { rules, variety, seed: 3 });
    expect(gap([...start.tracks, ...added(30, {})])).toBe(1);
    for (const variety of [0, 1])
      for (const artistSeparation of [1, 4, 20]) {
        const list = added(30, { artistSeparation }, variety);
        expect(list).toHaveLength(30);
        expect(gap([...start.tracks, ...list])).toBeGreaterThan(artistSeparation);
        expect(added(30, { artistSeparation }, variety)).toEqual(list);
        expect(added(12, { artistSeparation }, variety)).toEqual(list.slice(0, 12));
      }
    const pop = Array.from({ length: 8 }, (_, i) => `Pop ${i}`);
    const [first] = added(1, { artistSeparation: 3, artists: pop });
    const rules = { artistSeparation: 3, perArtist: 2, artists: pop, words: ["pop"], exclude: [first!] };
    const list = added(30, rules);
    expect(gap([...start.tracks, ...list])).toBeGreaterThan(3);
    expect(list.map(artistOf).sort()).toEqual([...pop, ...pop].sort());
    expect(list).not.toContain(first);
    // Three of the eight artists are in the context, and too near after the other five.
    expect(added(30, { artistSeparation: 8, artists: pop })).toHaveLength(5);
  });

  it("does not cap tracks without an artist", async () => {
    const builder = new CorpusBuilder();
    const tracks = ["one", "two", "three", "A-four", "A-five"];
    builder.add({ id: "1", tracks, artists: ["", "", "", "A", "A"] });
    const partly = builder.build();
    const recommender = await fitRecommender("popularity", partly);
    const added = extendPlaylist(recommender, partly, { tracks: [] }, 5, { rules: { perArtist: 1 } });
    expect(added).toHaveLength(4);
    expect(added).toEqual(expect.arrayContaining(["one", "two", "three"]));
  });

  it("continues with other artists when the first reach their cap", async () => {
    const recommender = await fitRecommender("artist", crowd);
    const added = extendPlaylist(recommender, crowd, { tracks: ["Pop 0-0"] }, 40, {
      rules: { perArtist: 1 },
    });
    expect(added).toHaveLength(40);
    expect(new Set(added.map((track) => track.slice(0, track.indexOf("-")))).size).toBe(40);
  });

  it("mixes artists as playlists do by default, and a longer list begins like a shorter one", async () => {
    const recommender = await fitRecommender("artist", crowd);
    const start = { tracks: ["Pop 0-0"] };
    const byOne = (list: readonly string[]) => list.filter((track) => track.startsWith("Pop 0-")).length;
    const added = extendPlaylist(recommender, crowd, start, 30);
    expect(byOne(added.slice(0, 10))).toBe(2);
    // A sixth: the context's one track counts as if five of others were there, too.
    expect(byOne(added)).toBe(5);
    expect(extendPlaylist(recommender, crowd, start, 12)).toEqual(added.slice(0, 12));
    const most = { tracks: Array.from({ length: 8 }, (_, i) => `Pop 0-${50 * i}`) };
    expect(byOne(extendPlaylist(recommender, crowd, most, 8))).toBe(5);
    expect(extendPlaylist(recommender, crowd, start, 10, { rules: { artists: ["Pop 0"] } })).toHaveLength(10);
    expect(byOne(extendPlaylist(recommender, crowd, start, 10, { rules: { perArtist: 100 } }))).toBe(10);
  });

  it("adds no other release of a track", async () => {
    const builder = new CorpusBuilder();
    const tracks = ["A-One", "A-One - Radio Edit", "B-Two", "B-Two (2001 Remaster)", "C-Three"];
    for (const id of ["1", "2", "3"]) builder.add({ id, tracks });
    const released = builder.build();
    const recommender = await fitRecommender("popularity", released);
    const added = extendPlaylist(recommender, released, { tracks: ["A-One - Radio Edit"] }, 5);
    expect(added).toEqual(["B-Two", "C-Three"]);
  });

  it("adds up to 1,000 tracks, or all that exist", async () => {
    const start = { tracks: ["Pop 0-0"] };
    const recommender = await fitRecommender("popularity", crowd);
    const added = extendPlaylist(recommender, crowd, start, 1_000);
    expect(new Set([...added, "Pop 0-0"]).size).toBe(1_001);
    // Asked again with what it has got, it goes on where it was.
    const first = extendPlaylist(recommender, crowd, start, 400);
    const then = extendPlaylist(recommender, crowd, { tracks: ["Pop 0-0", ...first] }, 600);
    expect([...first, ...then]).toEqual(added);
    const all = extendPlaylist(neighbours, corpus, { tracks: ["White-07"] }, 1_000);
    expect(all).toHaveLength(corpus.tracks.length - 1);
  });

  it("stays with the answer to the context, in the order that the growing list asks for; worked by hand", () => {
    const names = (letter: string) =>
      Array.from({ length: 120 }, (_, i) => `${letter}-${String(i).padStart(3, "0")}`);
    const [own, others] = [names("a"), names("z").slice(0, 80)];
    const builder = new CorpusBuilder();
    builder.add({ id: "1", tracks: [...own, ...others, "start"] });
    /** Once a track is added, everything else seems better, and of its own answer the last. */
    const drifting: FittedRecommender = {
      name: "drifting",
      recommend: (contexts, k) =>
        contexts.map(({ tracks: played }) => {
          const best = played.length === 1 ? [...own, ...others] : [...others, ...own.toReversed()];
          const tracks = best.slice(0, k);
          return { tracks, scores: Float32Array.from(tracks, (_, place) => -place) };
        }),
      save: () => ({ kind: "drifting", version: 1, settings: {}, arrays: {} }),
    };
    const added = extendPlaylist(drifting, builder.build(), { tracks: ["start"] }, 102);
    // Of the next ten, a-001 … a-010, the growing list would have the last one first; then a-011 is among them.
    expect(added.slice(0, 1)).toEqual(["a-000"]);
    expect(added.slice(1, 3)).toEqual(["a-010", "a-011"]);
    expect(added.slice(0, 100).every((track) => track.startsWith("a-"))).toBe(true);
    // After a hundred tracks the list is asked for what comes next.
    expect(added.slice(100)).toEqual(["z-000", "z-001"]);
  });

  it("refuses a wrong context, n, variety or seed", () => {
    expect(() => extendPlaylist(neighbours, corpus, {} as never, 1)).toThrow(/^the context must have a list/);
    for (const n of [0, 1.5, 1_001, 1e12, Number.NaN])
      expect(() => extendPlaylist(neighbours, corpus, context, n)).toThrow(
        expect.objectContaining({
          message: expect.stringMatching(/^n must be a whole number from 1 to 1000, got /),
          hint: expect.stringContaining("For a longer list ask again"),
        }),
      );
    expect(() => extendPlaylist(neighbours, corpus, context, 1, { variety: 2 })).toThrow(/variety/);
    for (const seed of [1.5, -1])
      expect(() => extendPlaylist(neighbours, corpus, context, 1, { seed })).toThrow(/seed must be a whole/);
  });
});

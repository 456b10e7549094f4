import { describe, expect, it } from "vitest";
import { CorpusBuilder } from "../corpus/index.js";
import { checkerboard, scenes } from "./contract.testkit.js";
import { extendPlaylist, type FittedRecommender, fitRecommender, type Rules } from "./index.js";

const corpus = checkerboard();
const crowd = scenes();
const context = { tracks: ["Black-03", "Black-04"] };
const neighbours = await fitRecommender("vstan", corpus, { repeats: 1 });
const popular = await fitRecommender("popularity", corpus, { repeats: 1 });

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

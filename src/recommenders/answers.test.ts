import { beforeAll, describe, expect, it } from "vitest";
import { checkerboard } from "./contract.testkit.js";
import {
  Explainer,
  extendPlaylist,
  type FittedRecommender,
  fitRecommender,
  RuledRecommender,
  reasonsAsText,
} from "./index.js";

const corpus = checkerboard();
const context = { tracks: ["Black-03", "Black-04"] };
let neighbours: FittedRecommender;
let popular: FittedRecommender;
beforeAll(async () => {
  neighbours = await fitRecommender("vstan", corpus, { repeats: 1 });
  popular = await fitRecommender("popularity", corpus, { repeats: 1 });
});

describe("rules", () => {
  it("leaves out what was played and what is refused, and still gives k", () => {
    const ruled = new RuledRecommender(neighbours, corpus);
    const { tracks } = ruled.recommend(context, 20, { excludePlayed: true, exclude: ["Black-05"] });
    expect(tracks).toHaveLength(20);
    for (const out of ["Black-03", "Black-04", "Black-05"]) expect(tracks).not.toContain(out);
  });

  it("caps tracks per artist", () => {
    const { tracks } = new RuledRecommender(neighbours, corpus).recommend(context, 6, { perArtist: 3 });
    expect(tracks.filter((track) => track.startsWith("Black-"))).toHaveLength(3);
    expect(tracks.filter((track) => track.startsWith("White-"))).toHaveLength(3);
    expect(
      new RuledRecommender(popular, corpus).recommend(context, 10, { perArtist: 1 }).tracks,
    ).toHaveLength(2);
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

  it("says what is wrong with a rule", async () => {
    const bare = checkerboard({ artists: false, titles: false });
    const ruled = new RuledRecommender(await fitRecommender("vstan", bare), bare);
    expect(() => ruled.recommend(context, 5, { perArtist: 0 })).toThrow(/at least 1/);
    expect(() => ruled.recommend(context, 5, { perArtist: 1 })).toThrow(/does not tell/);
    expect(() => ruled.recommend(context, 5, { words: ["x"] })).toThrow(/titles/);
  });
});

describe("explain", () => {
  it("counts what a track followed, by hand", () => {
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

  it("names title words, repeats and popularity, and is silent of unknown tracks", () => {
    const explainer = new Explainer(neighbours, corpus);
    expect(explainer.explain({ tracks: [], title: "white nights" }, "White-01")[0]).toMatchObject({
      kind: "title",
      word: "white",
    });
    expect(explainer.explain(context, "Black-03")[0]).toEqual({ kind: "played", times: 1 });
    expect(explainer.explain({ tracks: [] }, "White-01")[0]?.kind).toBe("popular");
    expect(explainer.explain(context, "Nobody-Nothing")).toEqual([]);
  });
});

describe("extend", () => {
  it("goes on in the colour of one track, without repeats", () => {
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

  it("varies by seed alone", () => {
    const draw = (seed: number) => extendPlaylist(neighbours, corpus, context, 8, { variety: 1, seed });
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it("keeps the cap per artist over the whole list", () => {
    const added = extendPlaylist(neighbours, corpus, context, 8, { rules: { perArtist: 3 } });
    expect(added.filter((track) => track.startsWith("Black-"))).toHaveLength(3);
    expect(added).toHaveLength(6);
  });

  it("refuses a wrong n or variety", () => {
    expect(() => extendPlaylist(neighbours, corpus, context, 0)).toThrow(/n must be/);
    expect(() => extendPlaylist(neighbours, corpus, context, 1, { variety: 2 })).toThrow(/variety/);
  });
});

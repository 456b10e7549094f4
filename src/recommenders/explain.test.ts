import { describe, expect, it } from "vitest";
import { processorMs } from "../system/time.testkit.js";
import { checkerboard, scenes } from "./contract.testkit.js";
import { Explainer, fitRecommender, reasonsAsText, type TrackVectorModel } from "./index.js";

const corpus = checkerboard();
const crowd = scenes();
const context = { tracks: ["Black-03", "Black-04"] };
const neighbours = await fitRecommender("vstan", corpus, { repeats: 1 });
const popular = await fitRecommender("popularity", corpus, { repeats: 1 });

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

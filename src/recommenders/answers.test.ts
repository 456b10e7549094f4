import { beforeAll, describe, expect, it } from "vitest";
import { CorpusBuilder } from "../corpus/index.js";
import { checkerboard, scenes } from "./contract.testkit.js";
import {
  type Context,
  Explainer,
  type FittedRecommender,
  fitRecommender,
  RuledRecommender,
} from "./index.js";

const corpus = checkerboard();
const crowd = scenes();
const _popular = await fitRecommender("popularity", corpus, { repeats: 1 });

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

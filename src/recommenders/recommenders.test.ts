import { describe, expect, it } from "vitest";
import { CorpusBuilder } from "../corpus/index.js";
import { checkerboard, scenes, testRecommenderContract } from "./contract.testkit.js";
import {
  fitRecommender,
  type RecommenderState,
  RuledRecommender,
  type Rules,
  recommenderKinds,
  restoreRecommender,
} from "./index.js";

const contextFree = new Set(["popularity", "recent-popularity"]);

/** Milliseconds for what takes seconds of the processor, beside others that are at work: nothing here is asked how long it took. */
const patience = 180_000;

/** Less of the same, so that the suite stays quick: the blend fits some 30 forests in it. */
const lighter: Record<string, Record<string, unknown>> = {
  blend: { trees: 30, folds: 2, vectorEpochs: 2 },
  nearest: { epochs: 100 },
  track2vec: { epochs: 10 },
  // It learns which one track is next; that the others are of one colour shows where it does not learn that too well.
  encoder: { rate: 0.005 },
};

for (const kind of Object.values(recommenderKinds)) {
  testRecommenderContract(kind, {
    readsContext: !contextFree.has(kind.name),
    answersUnknown: kind.name !== "nearest",
    settings: lighter[kind.name],
  });
}

describe("the answer to a smaller k", () => {
  const corpus = scenes();
  const contexts = Array.from({ length: 40 }, (_, p) => {
    const start = corpus.offsets[p]!;
    const tracks = Array.from(corpus.items.subarray(start, start + (p % 9)), (item) => corpus.tracks[item]!);
    return { tracks: p % 3 === 0 ? [...tracks, "Jazz 3-Unheard"] : tracks, title: "Dub hours" };
  });
  it.each(Object.keys(recommenderKinds))(
    "is a prefix of that to a larger one: %s",
    async (name) => {
      const recommender = await fitRecommender(name, corpus, lighter[name] ?? {}, { seed: 1 });
      const long = recommender.recommend(contexts, 400);
      for (const { tracks } of long) expect(tracks.length).toBeLessThanOrEqual(400);
      expect(long.filter(({ tracks }) => tracks.length > 60).length).toBeGreaterThan(20);
      for (const k of [10, 60]) {
        recommender.recommend(contexts, k).forEach(({ tracks }, i) => {
          expect(tracks).toEqual(long[i]!.tracks.slice(0, k));
        });
      }
    },
    patience,
  );

  it.each(Object.keys(recommenderKinds))(
    "is the same under rules as if all tracks were ranked and the others left out: %s",
    async (name) => {
      const recommender = await fitRecommender(name, corpus, lighter[name] ?? {}, { seed: 1 });
      const ruled = new RuledRecommender(recommender, corpus);
      // Without `inNumbers`, all are ranked.
      const { recommend } = recommender;
      const plain = { name, save: () => recommender.save(), recommend: recommend.bind(recommender) };
      const ruledPlain = new RuledRecommender(plain, corpus);
      for (const rules of [
        { artists: ["jazz 3", "DUB 49"], excludePlayed: true },
        { artists: ["Folk 7", "Jazz 3", "Pop 1"], perArtist: 2 },
        { words: ["folk"], artists: ["Folk 20"], artistSeparation: 2 },
      ] satisfies Rules[]) {
        if ("words" in rules && (name === "nearest" || contextFree.has(name))) continue;
        for (const context of contexts.slice(0, 12))
          for (const k of [3, 500]) {
            const answer = ruled.recommend(context, k, rules);
            expect(answer).toEqual(ruledPlain.recommend(context, k, rules));
            if (name !== "nearest") expect(answer.tracks.length).toBeGreaterThan(0);
          }
      }
    },
    patience,
  );
});

describe("the setting repeats", () => {
  const played = ["Black-17", "Black-18"];
  const withSetting = Object.values(recommenderKinds)
    .filter(({ defaults, name }) => "repeats" in defaults && name !== "nearest" && name !== "track2vec")
    .map(({ name }) => name);
  it.each(withSetting)("multiplies the scores of played tracks: %s", async (name) => {
    const answer = async (repeats: number) => {
      const recommender = await fitRecommender(name, checkerboard(), { repeats });
      return recommender.recommend([{ tracks: played }], 20)[0]!.tracks;
    };
    expect(played).not.toContain((await answer(0.001))[0]);
    expect(played).toContain((await answer(1000))[0]);
    const others = await answer(0);
    expect(others).toHaveLength(20);
    for (const track of played) expect(others).not.toContain(track);
  });
});

it.each([
  ["track2vec", { minCount: 1 }, 3],
  ["encoder", {}, 5],
] as const)("lifts played tracks however far they are from the context: %s", async (name, every, k) => {
  const corpus = scenes();
  // Of four scenes: whatever the vectors learn, few of them are near all of it.
  const played = [0, 9, 18, 27, 36].map((place) => corpus.tracks[corpus.items[place * 30]!]!);
  const settings: Record<string, unknown> = { ...every, epochs: 1, repeats: 1000 };
  const recommender = await fitRecommender(name as string, corpus, settings);
  for (const contexts of [1, 2]) {
    const rankings = recommender.recommend(Array(contexts).fill({ tracks: played }), k);
    for (const { tracks } of rankings) expect(played).toEqual(expect.arrayContaining([...tracks]));
  }
});

it("excludes repeats, also in the blend, if one play in hundreds is one", async () => {
  // Twenty playlists of one artist each, that share little: the best clue is a repeat that came by chance.
  const builder = new CorpusBuilder();
  for (let p = 0; p < 20; p++) {
    const tracks = Array.from({ length: 40 }, (_, i) => `Band ${p}-Song ${i}`);
    if (p % 10 === 9) tracks.push(tracks[39]!);
    builder.add({ id: `${p}`, tracks: ["Hit-Of All", ...tracks] });
  }
  const corpus = builder.build();
  const blend = await fitRecommender("blend", corpus, lighter.blend, { seed: 1 });
  const played = ["Hit-Of All", "Band 3-Song 7"];
  const restored = restoreRecommender(blend.save(), corpus);
  for (const each of [blend, restored]) {
    const [answer] = each.recommend([{ tracks: played }], 800);
    expect(answer!.tracks).toHaveLength(799);
    for (const track of played) expect(answer!.tracks).not.toContain(track);
  }
});

it("treats the last playlist as recent if a twentieth of the playlists is less than one", async () => {
  const builder = new CorpusBuilder();
  for (const [p, tracks] of [["a", "b"], ["a", "b"], ["z"]].entries()) builder.add({ id: `${p}`, tracks });
  const recent = await fitRecommender("recent-popularity", builder.build());
  expect(recent.recommend([{ tracks: [] }], 1)[0]!.tracks).toEqual(["z"]);
});

describe("the registry", () => {
  it.each(Object.keys(recommenderKinds))("fits nothing after an abort: %s", async (name) => {
    const reason = new Error("the deploy was cancelled");
    const signal = AbortSignal.abort(reason);
    await expect(fitRecommender(name, checkerboard(), {}, { signal })).rejects.toBe(reason);
  });

  it(
    "ends the fit of a blend on abort, and lets timers run",
    async () => {
      const reason = new Error("the deploy was cancelled");
      for (const task of ["gathering", "boosting"]) {
        const stop = new AbortController();
        let after = 0;
        const fitting = fitRecommender(
          "blend",
          scenes(),
          { trees: 10_000, folds: 1, vectorEpochs: 0 },
          {
            signal: stop.signal,
            threads: 1,
            progress: (report) => {
              if (stop.signal.aborted) after++;
              else if (report.task === task) setTimeout(() => stop.abort(reason), 1);
            },
          },
        );
        await expect(fitting).rejects.toBe(reason);
        expect(after).toBeLessThan(200);
      }
    },
    patience,
  );

  it("refuses an unknown kind and an unknown setting", async () => {
    const [unknown, popularity]: string[] = ["oracle", "popularity"];
    await expect(fitRecommender(unknown!, checkerboard())).rejects.toThrow(/no recommender "oracle"/);
    await expect(fitRecommender(popularity!, checkerboard(), { windows: 1 })).rejects.toThrow(/no setting/);
  });

  it("does not compile with an unknown name or setting", async () => {
    const corpus = checkerboard();
    // @ts-expect-error: no such recommender
    await expect(fitRecommender("vstann", corpus)).rejects.toThrow(/no recommender/);
    // @ts-expect-error: no such setting
    await expect(fitRecommender("vstan", corpus, { neighbour: 5 })).rejects.toThrow(/no setting/);
    // @ts-expect-error: no such setting of this one
    await expect(fitRecommender("popularity", corpus, { neighbours: 5 })).rejects.toThrow(/no setting/);
    // @ts-expect-error: not a number
    await expect(fitRecommender("vstan", corpus, { neighbours: "many" })).rejects.toThrow(/wanted/);
    await fitRecommender("vstan", corpus, { neighbours: undefined, repeats: "auto" });
  });

  it("lists each kind under its name", () => {
    for (const [name, kind] of Object.entries(recommenderKinds)) expect(kind.name).toBe(name);
  });

  it("refuses an empty corpus and a state from the future", async () => {
    const empty = { tracks: [], offsets: new Uint32Array(1), items: new Uint32Array(0) };
    await expect(fitRecommender("popularity", empty)).rejects.toThrow(/no plays/);
    const state = (await fitRecommender("popularity", checkerboard())).save();
    expect(() => restoreRecommender({ ...state, version: 99 }, checkerboard())).toThrow(/version 99/);
    expect(() => restoreRecommender({ ...state, kind: "mine" }, checkerboard())).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("openBundle(place, { restore })") }),
    );
  });

  it("refuses states whose arrays make no sense, instead of walking them for ever", async () => {
    const corpus = checkerboard();
    const popularity = (await fitRecommender("popularity", corpus)).save();
    const counts = new Float32Array(corpus.tracks.length).fill(Number.POSITIVE_INFINITY);
    const states: RecommenderState[] = [{ ...popularity, arrays: { ...popularity.arrays, counts } }];
    for (const name of ["vstan", "transitions", "item-to-item"]) {
      const state = (await fitRecommender(name, corpus)).save();
      const offsets = Uint32Array.from(state.arrays.offsets!);
      offsets[1] = 0xffffffff;
      states.push({ ...state, arrays: { ...state.arrays, offsets } });
    }
    for (const state of states)
      expect(() => restoreRecommender(state, corpus)).toThrow(expect.objectContaining({ code: "corrupt" }));
  });
});

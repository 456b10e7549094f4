import { describe, expect, it } from "vitest";
import { CorpusBuilder } from "../corpus/index.js";
import type { Context } from "../recommenders/contract.js";
import type { ProgressReport } from "../system/index.js";
import { answering, corpusOf, inNumbers } from "./evaluation.testkit.js";
import { evaluateRecommender, questionsOf, trainingFacts } from "./index.js";

const artists = { a: "A", b: "A", c: "C", d: "D" };
const training = corpusOf([["a", "b", "c"], ["a", "b"], ["a", "d", "d"], ["a"]], artists);
const facts = trainingFacts(training);

describe("trainingFacts", () => {
  it("counts plays, playlists and artists", () => {
    expect([...facts.plays]).toEqual([4, 2, 1, 2]);
    expect([...facts.playlistsHolding]).toEqual([4, 2, 1, 1]);
    expect(facts.artistOf).toEqual(Int32Array.of(0, 0, 1, 2));
    expect(facts.numberOf("nobody")).toBe(-1);
  });
});

describe("questionsOf", () => {
  const playlists = corpusOf([["a", "b", "c"], ["d"]]);
  it("asks for the last track, or for every track after the first", () => {
    expect(questionsOf(playlists)).toEqual([{ context: ["a", "b"], next: "c", playlist: 0 }]);
    expect(questionsOf(playlists, { positions: "every", remaining: true })).toEqual([
      { context: ["a"], next: "b", playlist: 0, rest: ["c"] },
      { context: ["a", "b"], next: "c", playlist: 0, rest: [] },
    ]);
  });
});

describe("evaluateRecommender, worked by hand", () => {
  const questions = [
    { context: ["a"], next: "b" }, // second of two: a hit at 2
    { context: ["b", "zz"], next: "c" }, // first
    { context: [], next: "nobody" }, // an empty answer and a target that cannot be hit
    { context: ["d"], next: "nobody" },
  ];
  const answers: Record<string, string[]> = { a: ["c", "b"], zz: ["c", "a", "d"], d: ["a"] };
  const recommender = answering(({ tracks }) => answers[tracks.at(-1) ?? ""] ?? []);

  it("divides by all queries at every k", async () => {
    const { at, ...evaluation } = await evaluateRecommender(recommender, questions, {
      ks: [2, 1],
      facts,
      batch: 3,
    });
    expect(evaluation).toMatchObject({
      protocol: "full-context",
      queries: 4,
      knownContexts: 3 / 4,
      knownTargets: 2 / 4,
    });
    expect(at.map(({ k }) => k)).toEqual([1, 2]);
    expect(at[0]).toMatchObject({ hitRatio: 1 / 4, mrr: 1 / 4, ndcg: 1 / 4, recall: 1 / 4, map: 1 / 4 });
    expect(at[1]).toMatchObject({ hitRatio: 2 / 4, mrr: 1.5 / 4 });
    expect(at[1]!.ndcg).toBeCloseTo((1 + 1 / Math.log2(3)) / 4, 12);
  });

  it("sorts the ks by number, and asks for as many tracks as the largest", async () => {
    const lengths = new Set<number>();
    const noting = answering(() => []);
    const recommend: typeof noting.recommend = (contexts, k) => {
      lengths.add(k);
      return noting.recommend(contexts, k);
    };
    const { at } = await evaluateRecommender({ ...noting, recommend }, questions, {
      ks: [10, 9, 100],
      facts,
    });
    expect([at.map(({ k }) => k), [...lengths]]).toEqual([[9, 10, 100], [100]]);
  });

  it("keeps the value of each query, and says which columns exist", async () => {
    const { outcomes, at } = await evaluateRecommender(recommender, questions, { ks: [1, 2], facts });
    const column = outcomes.values("hitRatio", at[1]!.k);
    expect(column.reduce((sum, value) => sum + value) / questions.length).toBe(at[1]!.hitRatio);
    expect(outcomes.playlists).toBeUndefined();
    const cut = questionsOf(corpusOf([["b", "a"], ["c"], ["a", "b", "c"]]), { positions: "every" });
    const ofPlaylists = await evaluateRecommender(recommender, cut, { facts });
    expect(ofPlaylists.outcomes.playlists).toEqual(Uint32Array.of(0, 2, 2));
    expect(() => outcomes.values("hit_ratio" as never, at[1]!.k)).toThrow('got "hit_ratio"');
    expect(() => outcomes.values("hitRatio", 99)).toThrow("k = 99 was not evaluated");
  });

  it("measures coverage, novelty, diversity and popularity of the answers", async () => {
    const { at } = await evaluateRecommender(recommender, questions, { ks: [1, 3], facts });
    // At 1 the answers are c, c, a: two of four tracks; held by 1, 1 and 4 of 4 playlists.
    expect(at[0]!.coverage).toBe(2 / 4);
    expect(at[0]!.novelty).toBeCloseTo((2 + 2 + 0) / 3, 12);
    // Contexts a, (b and an unknown), d are held by 4, (2 + 0) / 2 and 1: mean 2. Answers: mean 2.
    expect(at[0]!.popularityLift).toBeCloseTo(0, 12);
    // At 3: [c b], [c a d], [a].
    expect(at[1]!.coverage).toBe(1);
    expect(at[1]!.artistDiversity).toBe(1);
    expect(at[1]!.popularityLift).toBeCloseTo((1.5 + 2 + 4) / 3 / 2 - 1, 12);
  });

  it.each([["abc"], ["cab"]])(
    "counts two tracks of one artist once, numbered in the order %s",
    async (order) => {
      const both = answering(() => ["a", "b", "c"]);
      const known = trainingFacts(corpusOf([order.split("")], artists));
      const { at } = await evaluateRecommender(both, questions, { ks: [2, 3], facts: known });
      expect(at.map(({ artistDiversity }) => artistDiversity)).toEqual([1 / 2, 2 / 3]);
    },
  );

  it("covers a track from its best place on, and compares popularity with the contexts that there are", async () => {
    const turns = answering(({ tracks }) => (tracks.length === 0 ? ["a", "b"] : ["b", "a"]));
    const asked = [
      { context: [], next: "c" },
      { context: ["b"], next: "c" },
    ];
    const { at } = await evaluateRecommender(turns, asked, { ks: [1, 2], facts });
    expect(at.map(({ coverage }) => coverage)).toEqual([2 / 4, 2 / 4]);
    // Answers are held by 4 and 2 playlists, the only context by 2.
    expect(at.map(({ popularityLift }) => popularityLift)).toEqual([3 / 2 - 1, 3 / 2 - 1]);
  });

  it("tells a recommender that is asked by ids the title of a playlist", async () => {
    const given: Context[] = [];
    const curious = answering((context) => {
      given.push(context);
      return [];
    });
    const asked = [
      { context: ["a"], next: "c", title: "words" },
      { context: [], next: "c" },
    ];
    await evaluateRecommender(curious, asked, { facts });
    expect(given).toEqual([{ tracks: ["a"], title: "words" }, { tracks: [] }]);
  });

  it("has no figures about answers if there are none", async () => {
    const silent = answering(() => []);
    const { at } = await evaluateRecommender(silent, questions, { facts });
    expect(at[0]).toMatchObject({ hitRatio: 0, coverage: 0 });
    expect([at[0]!.novelty, at[0]!.popularityLift, at[0]!.artistDiversity]).toEqual(Array(3).fill(undefined));
  });

  it("splits the queries into slices that add up", async () => {
    const { slices } = await evaluateRecommender(recommender, questions, { ks: [2], facts });
    const of = (by: string) =>
      Object.fromEntries(slices.filter((s) => s.by === by).map((s) => [s.label, s.queries]));
    expect(of("last track")).toEqual({ known: 2, "unknown, others known": 1, "nothing known": 1 });
    // 9 plays: a (4) is head; b gathers from 4, d from 6; c from 8.
    expect(of("target")).toEqual({ middle: 1, tail: 1, "never in training": 2 });
    expect(of("context length")).toEqual({ "0": 1, "1": 2, "2–4": 1 });
    expect(of("next artist")).toEqual({ "the same": 1, "not known": 3 });
    const known = slices.find(({ label }) => label === "known")!;
    expect(known.at[0]).toMatchObject({ k: 2, hitRatio: 1 / 2 });
  });

  it("slices by the target's third of all plays, most played first, and by whether its artist goes on", async () => {
    const lists = [["rare"], ["more", "more"], ["top", "even", "top", "even", "top", "even"]];
    const known = trainingFacts(corpusOf(lists, { rare: "R", more: "M", top: "R", even: "" }));
    const asked = ["rare", "more", "top", "even"].map((next) => ({ context: ["more", "rare"], next }));
    const { slices } = await evaluateRecommender(
      answering(() => ["top"]),
      asked,
      { facts: known, ks: [1] },
    );
    const of = (criterion: string) =>
      slices
        .filter(({ by }) => by === criterion)
        .map(({ label, queries, at }) => [label, queries, at[0]!.hitRatio]);
    // 9 plays: top gathers from 0, even from 3, more from 6, rare from 8.
    expect(of("target")).toEqual([
      ["head", 1, 1],
      ["middle", 1, 0],
      ["tail", 2, 0],
    ]);
    expect(of("next artist")).toEqual([
      ["the same", 2, 1 / 2],
      ["another", 1, 0],
      ["not known", 1, 0],
    ]);
  });

  it("slices by length of the context: 0, 1, up to 4, up to 9, up to 49, more", async () => {
    const ofLength = (length: number) => ({ context: Array.from({ length }, () => "a"), next: "b" });
    const asked = [0, 1, 2, 4, 5, 9, 10, 49, 50].map(ofLength);
    const { slices } = await evaluateRecommender(recommender, asked, { facts });
    const lengths = slices.filter(({ by }) => by === "context length");
    expect(lengths.map(({ label, queries }) => [label, queries])).toEqual([
      ["0", 1],
      ["1", 1],
      ["2–4", 2],
      ["5–9", 2],
      ["10–49", 2],
      ["50 or more", 1],
    ]);
  });

  it("reports progress, and stops on abort", async () => {
    const reports: ProgressReport[] = [];
    await evaluateRecommender(recommender, questions, { facts, batch: 3, progress: (r) => reports.push(r) });
    expect(reports.map(({ done, total }) => [done, total])).toEqual([
      [3, 4],
      [4, 4],
    ]);
    for (const batch of [1, 4]) {
      const stop = new AbortController();
      const progress = () => stop.abort();
      const stopped = evaluateRecommender(recommender, questions, {
        facts,
        batch,
        progress,
        signal: stop.signal,
      });
      await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    }
  });

  it("fails with the error of a batch, even if an earlier one is unanswered", async () => {
    const unheard: unknown[] = [];
    const listen = (reason: unknown) => unheard.push(reason);
    process.on("unhandledRejection", listen);
    try {
      let asked = 0;
      const failing = {
        name: "failing",
        lanes: 2,
        recommend: async (contexts: readonly unknown[]) => {
          if (asked++ > 0) throw new Error("the second batch");
          await new Promise((resolve) => setTimeout(resolve, 20));
          return contexts.map(() => ({ tracks: [], scores: new Float32Array(0) }));
        },
      };
      const failed = evaluateRecommender(failing, questions, { facts, batch: 1 });
      await expect(failed).rejects.toThrow("the second batch");
      expect(unheard).toEqual([]);
    } finally {
      process.off("unhandledRejection", listen);
    }
  });

  it.each([[[]], [undefined], [[null]], [[{}]]])(
    "names a recommender that answers with %j",
    async (answer) => {
      const asked = evaluateRecommender({ name: "mine", recommend: () => answer as never }, [questions[0]!], {
        facts,
      });
      await expect(asked).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(/^mine must give 1 rankings, one a context, got /),
      });
    },
  );

  it("counts a repeated track of a ranking once, and an unplayed track as played in one playlist", async () => {
    const unheard = new CorpusBuilder();
    unheard.number("never played");
    for (const tracks of [["a", "b"], ["a"]]) unheard.add({ id: "p", tracks });
    const stutter = answering(() => ["a", "a", "b", "never played"]);
    const { at } = await evaluateRecommender(stutter, [{ context: [], next: "a", rest: ["b"] }], {
      facts: trainingFacts(unheard.build()),
    });
    expect(at[0]).toMatchObject({ recall: 1, map: (1 + 2 / 3) / 2 });
    expect(at[0]!.novelty).toBeCloseTo((0 + 0 + 1 + 1) / 4, 12);
  });

  it("counts duplicate relevant tracks once, even if unknown to training", async () => {
    const question = { context: [], next: "new", rest: ["a", "new", "a", "newer"] };
    const both = [answering(() => ["a", "new"]), inNumbers(["c", "a"], training.tracks)];
    const [byIds, byNumbers] = await Promise.all(
      both.map((asked) => evaluateRecommender(asked, [question], { facts, ks: [2, 3] })),
    );
    // Relevant are new, a and newer. [a new] holds two of three, [c a] one, at 2.
    expect(byIds!.at[0]!.recall).toBeCloseTo(2 / 3, 12);
    expect(byIds!.at[1]!.map).toBeCloseTo((1 + 1) / 3, 12);
    expect(byNumbers!.at[0]!.recall).toBeCloseTo(1 / 3, 12);
    expect(byNumbers!.at[0]!.mrr).toBe(1 / 2);
    expect(byNumbers!.at[1]!.map).toBeCloseTo(1 / 2 / 3, 12);
    // One of the relevant tracks can be named: no query is lost from the start.
    expect(byNumbers!.knownTargets).toBe(1);
  });

  it("counts a target that is in the context like any other", async () => {
    const { at } = await evaluateRecommender(
      inNumbers(["b", "a"], training.tracks),
      [{ context: ["a", "b"], next: "a" }],
      {
        facts,
        ks: [1, 2],
      },
    );
    expect(at.map(({ hitRatio, mrr }) => [hitRatio, mrr])).toEqual([
      [0, 0],
      [1, 1 / 2],
    ]);
  });

  it("treats a track unknown to training as unplayed: maximally novel, with its own artist", async () => {
    const { at } = await evaluateRecommender(
      answering(() => ["new", "a", "b"]),
      [{ context: ["a"], next: "c" }],
      {
        facts,
        ks: [1, 3],
      },
    );
    // log2(4 / 1), log2(4 / 4), log2(4 / 2).
    expect(at.map(({ novelty }) => novelty)).toEqual([2, (2 + 0 + 1) / 3]);
    expect(at.map(({ coverage }) => coverage)).toEqual([0, 2 / 4]);
    expect(at.map(({ popularityLift }) => popularityLift)).toEqual([-1, (0 + 4 + 2) / 3 / 4 - 1]);
    expect(at.map(({ artistDiversity }) => artistDiversity)).toEqual([1, 2 / 3]);
  });

  it("ignores answers beyond k in all figures", async () => {
    const wordy = {
      name: "wordy",
      recommend: () => [{ tracks: ["c", "b", "a"], scores: new Float32Array(3) }],
    };
    const { at } = await evaluateRecommender(wordy, [{ context: ["d"], next: "a" }], { facts, ks: [2] });
    expect(at[0]).toMatchObject({
      hitRatio: 0,
      coverage: 2 / 4,
      artistDiversity: 1,
      popularityLift: 1.5 - 1,
    });
  });

  it.each([[[0]], [[1.5]], [[]]])("refuses ks %j", async (ks) => {
    await expect(evaluateRecommender(recommender, questions, { ks, facts })).rejects.toMatchObject({
      exitCode: 2,
    });
  });

  it("refuses to evaluate on nothing", async () => {
    await expect(evaluateRecommender(recommender, [], { facts })).rejects.toThrow(/no queries/);
  });

  it("reports missing arguments in calls from plain JavaScript", async () => {
    const misused = (message: string) => ({ name: "SegueError", exitCode: 2, message });
    for (const options of [undefined, {}, { facts: training }])
      await expect(
        evaluateRecommender(recommender, [{ context: ["a"], next: "b" }], options as never),
      ).rejects.toMatchObject(misused("evaluateRecommender needs the facts of training"));
    expect(() => trainingFacts(Promise.resolve(training) as never)).toThrow(
      expect.objectContaining(misused("trainingFacts needs a corpus")),
    );
  });
});

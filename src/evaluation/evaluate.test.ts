import { describe, expect, it } from "vitest";
import { CorpusBuilder } from "../corpus/index.js";
import type { ProgressReport } from "../system/index.js";
import { answering, corpusOf } from "./evaluation.testkit.js";
import { evaluateBaseProtocol, evaluateRecommender, questionsOf, trainingFacts } from "./index.js";

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

  it("has every query in the denominator, at every k", async () => {
    const { at, queries } = await evaluateRecommender(recommender, questions, {
      ks: [2, 1],
      facts,
      batch: 3,
    });
    expect(queries).toBe(4);
    expect(at.map(({ k }) => k)).toEqual([1, 2]);
    expect(at[0]).toMatchObject({ hitRatio: 1 / 4, mrr: 1 / 4, ndcg: 1 / 4, recall: 1 / 4, map: 1 / 4 });
    expect(at[1]).toMatchObject({ hitRatio: 2 / 4, mrr: 1.5 / 4 });
    expect(at[1]!.ndcg).toBeCloseTo((1 + 1 / Math.log2(3)) / 4, 12);
  });

  it("tells what the answers are like", async () => {
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

  it("counts two tracks of one artist once", async () => {
    const both = answering(() => ["a", "b", "c"]);
    const { at } = await evaluateRecommender(both, questions, { ks: [2, 3], facts });
    expect(at.map(({ artistDiversity }) => artistDiversity)).toEqual([1 / 2, 2 / 3]);
  });

  it("parts the queries into slices that add up", async () => {
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

  it("tells how far it is, and stops when told to", async () => {
    const reports: ProgressReport[] = [];
    await evaluateRecommender(recommender, questions, { facts, batch: 3, progress: (r) => reports.push(r) });
    expect(reports.map(({ done, total }) => [done, total])).toEqual([
      [3, 4],
      [4, 4],
    ]);
    const stop = new AbortController();
    const stopped = evaluateRecommender(recommender, questions, {
      facts,
      batch: 1,
      progress: () => stop.abort(),
      signal: stop.signal,
    });
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
  });

  it("fails with what a batch failed with, also where an earlier one is not answered yet", async () => {
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

  it("counts a track once that a ranking holds twice, and one that no playlist holds as one that one does", async () => {
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

  it.each([[[0]], [[1.5]], [[]]])("refuses ks %j", async (ks) => {
    await expect(evaluateRecommender(recommender, questions, { ks, facts })).rejects.toMatchObject({
      exitCode: 2,
    });
  });

  it("refuses to evaluate on nothing", async () => {
    await expect(evaluateRecommender(recommender, [], { facts })).rejects.toThrow(/no queries/);
  });

  it("says what it lacks where it is called from plain JavaScript", async () => {
    const misused = (message: string) => ({ name: "SegueError", exitCode: 2, message });
    for (const options of [undefined, {}, { facts: training }])
      await expect(
        evaluateRecommender(recommender, [{ context: ["a"], next: "b" }], options as never),
      ).rejects.toMatchObject(misused("an evaluation wants the facts of training"));
    expect(() => trainingFacts(Promise.resolve(training) as never)).toThrow(
      expect.objectContaining(misused("trainingFacts wants a corpus")),
    );
  });
});

describe("evaluateBaseProtocol", () => {
  it("asks with the last track alone, bets on unknown ones, and counts every row", async () => {
    const seen: string[][] = [];
    const nearest = answering(({ tracks }) => {
      seen.push([...tracks]);
      return ["b", "c"];
    });
    const questions = [
      { context: ["x", "a"], next: "c", title: "words" }, // hit at 2
      { context: ["a", "rare"], next: "b" }, // unknown query, known target: worth 2 of 3
      { context: ["rare"], next: "rarer" }, // unknown query, unknown target: nothing
      { context: ["c"], next: "a" }, // miss
    ];
    const { at, protocol } = await evaluateBaseProtocol(nearest, ["a", "b", "c"], questions, {
      ks: [2],
      facts,
    });
    expect(protocol).toBe("base");
    expect(seen).toEqual([["a"], ["rare"], ["rare"], ["c"]]);
    expect(at[0]!.hitRatio).toBeCloseTo((1 + 2 / 3) / 4, 12);
    expect(at[0]!.mrr).toBeCloseTo((1 / 2 + (1 + 1 / 2) / 3) / 4, 12);
  });
});

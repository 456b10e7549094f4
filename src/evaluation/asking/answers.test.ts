/** The door in numbers: the figures are those of answers in ids, without an id looked up. */
import { describe, expect, it } from "vitest";
import type { NumberedContext, Recommender } from "../../recommenders/contract.js";
import { fitRecommender } from "../../recommenders/index.js";
import { answering, corpusOf, inNumbers } from "../evaluation.testkit.js";
import {
  type Evaluation,
  evaluateBaseProtocol,
  evaluateRecommender,
  metricNames,
  questionsOf,
  trainingFacts,
} from "../index.js";

const artists = { a: "A", b: "A", c: "C", d: "D" };
const training = corpusOf([["a", "b", "c"], ["a", "b"], ["a", "d", "d"], ["a"]], artists);
const facts = trainingFacts(training);

describe("recommending by track numbers", () => {
  const questions = questionsOf(
    corpusOf([
      ["a", "new", "b", "newer", "newer", "a"],
      ["a", "new", "c"],
      ["d", "a", "b"],
      ["zz", "b"],
    ]),
    { positions: "every", remaining: true },
  );

  it.each(["transitions", "popularity", "artist"])(
    "gives bit-identical figures to recommending by ids: %s",
    async (name) => {
      const fitted = await fitRecommender(name, training);
      const asked: unknown[] = [];
      const byIds: Recommender = {
        name,
        recommend: (contexts, k) => {
          asked.push(...contexts);
          return fitted.recommend(contexts, k);
        },
      };
      const options = { facts, ks: [1, 2, 3], batch: 4 };
      const [one, other] = [
        await evaluateRecommender(fitted, questions, options),
        await evaluateRecommender(byIds, questions, options),
      ];
      expect(asked).toEqual(questions.map(({ context }) => ({ tracks: context })));
      const figures = ({ recommendSeconds: _, outcomes, ...rest }: Evaluation) => ({
        ...rest,
        outcomes: options.ks.flatMap((k) => metricNames.map((metric) => outcomes.values(metric, k))),
      });
      expect(figures(one)).toEqual(figures(other));
      expect(one.at[2]!.hitRatio).toBeGreaterThan(0);
    },
  );

  it("gets numbers, and ids for tracks unknown to training", async () => {
    const given: NumberedContext[] = [];
    const recommend = () => [];
    const tracks = training.tracks;
    const door = (contexts: readonly NumberedContext[]) => {
      given.push(...contexts);
      return contexts.map(() => ({ numbers: new Uint32Array(), scores: new Float32Array() }));
    };
    const asked = [
      { context: ["a", "new", "b", "new"], next: "c", title: "words" },
      { context: ["a", "new", "c", "newer", "d"], next: "c" },
      { context: [], next: "c" },
    ];
    const recommender = {
      name: "r",
      recommend,
      inNumbers: { tracks, insteadOf: recommend, recommend: door },
    };
    await evaluateRecommender(recommender, asked, { facts });
    expect(given).toEqual([
      { played: Int32Array.of(0, ~0, 1, ~1), unknown: ["new", "new"], title: "words" },
      { played: Int32Array.of(0, ~0, 2, ~1, 3), unknown: ["new", "newer"] },
      { played: new Int32Array(), unknown: [] },
    ]);
    given.length = 0;
    await evaluateBaseProtocol(recommender, ["a"], asked, { facts });
    expect(given).toEqual([
      { played: Int32Array.of(~0), unknown: ["new"] },
      { played: Int32Array.of(3), unknown: [] },
      { played: new Int32Array(), unknown: [] },
    ]);
  });

  it("is not used if `recommend` is overridden or the catalogue differs", async () => {
    const fitted = await fitRecommender("popularity", training);
    const ask = async (recommender: Recommender, of = facts) => {
      const { at } = await evaluateRecommender(recommender, [{ context: ["d"], next: "c" }], {
        facts: of,
        ks: [1],
      });
      return at[0]!.hitRatio;
    };
    expect(await ask(fitted)).toBe(0);
    const recommend = answering(() => ["c"]).recommend;
    expect(await ask({ ...fitted, name: "mine", recommend })).toBe(1);
    expect(await ask(Object.create(fitted, { recommend: { value: recommend } }))).toBe(1);
    expect(await ask(Object.assign(await fitRecommender("popularity", training), { recommend }))).toBe(1);
    // The same tracks under other numbers: "a" is number 3 here, and the most played.
    const other = trainingFacts(corpusOf([["d", "c", "b", "a"], ["a"]]));
    const { at } = await evaluateRecommender(fitted, [{ context: ["d"], next: "a" }], {
      facts: other,
      ks: [1],
    });
    expect(at[0]).toMatchObject({ hitRatio: 1, novelty: 0 });
  });

  it.each([[[]], [[null]], [[{ tracks: ["a"] }]], [[{ numbers: [0] }]]])(
    "names the recommender that answers with %j",
    async (answer) => {
      const { recommend, inNumbers: door } = inNumbers([], training.tracks);
      const mine = { name: "mine", recommend, inNumbers: { ...door!, recommend: () => answer as never } };
      await expect(evaluateRecommender(mine, [{ context: [], next: "a" }], { facts })).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(/^mine must give 1 rankings, one a context, got /),
      });
    },
  );
});

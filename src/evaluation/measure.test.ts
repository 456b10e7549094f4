import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { answering, corpusOf } from "./evaluation.testkit.js";
import { measureRecommender } from "./index.js";

it("counts the start of the threads that answer neither as fitting nor as answering", async () => {
  const corpus = corpusOf([["a", "b"]]);
  const slowly = async () => {
    await setTimeout(400);
    return { ...answering(() => ["b"], "threads"), lanes: 2 };
  };
  const { evaluation, fitSeconds } = await measureRecommender(
    async () => answering(() => ["a"], "itself"),
    corpus,
    [{ context: ["a"], next: "b" }],
    { ks: [1], inThreads: slowly },
  );
  expect(evaluation).toMatchObject({ recommender: "threads", at: [{ hitRatio: 1 }] });
  expect(fitSeconds).toBeLessThan(0.2);
  expect(evaluation.recommendSeconds).toBeLessThan(0.2);
});

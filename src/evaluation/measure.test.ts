import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { answering, corpusOf } from "./evaluation.testkit.js";
import { evaluateRecommender, measureRecommender, trainingFacts } from "./index.js";

// A clock that goes on when it is told to: what else the machine does is not measured.
beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());
const takes = (seconds: number) => void vi.advanceTimersByTime(1000 * seconds);

it("excludes the start of answering threads from both fit and answer times", async () => {
  const corpus = corpusOf([["a", "b"]]);
  const answer = () => {
    takes(2);
    return ["b"];
  };
  const { evaluation, fitSeconds } = await measureRecommender(
    async () => {
      takes(5);
      return answering(() => ["a"], "itself");
    },
    corpus,
    [{ context: ["a"], next: "b" }],
    {
      ks: [1],
      inThreads: async () => {
        takes(400);
        return { ...answering(answer, "threads"), lanes: 2 };
      },
    },
  );
  expect(evaluation).toMatchObject({ recommender: "threads", at: [{ hitRatio: 1 }] });
  expect(fitSeconds).toBe(5);
  expect(evaluation.recommendSeconds).toBe(2);
});

it("adds up the seconds until the answers to each batch", async () => {
  const slow = answering(() => {
    takes(2);
    return [];
  });
  const { recommendSeconds } = await evaluateRecommender(
    { ...slow, recommend: async (contexts, k) => slow.recommend(contexts, k) },
    Array.from({ length: 3 }, () => ({ context: ["a"], next: "b" })),
    { facts: trainingFacts(corpusOf([["a", "b"]])), batch: 2, progress: () => takes(400) },
  );
  expect(recommendSeconds).toBe(6);
});

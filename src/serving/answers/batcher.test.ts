import { expect, it } from "vitest";
import type { Recommender } from "../../recommenders/contract.js";
import { Batcher } from "./batcher.js";

/** Answers with the context's own tracks, and notes how many contexts each call holds. */
function echo(oneByOne: boolean) {
  const calls: number[] = [];
  const recommender: Recommender = {
    name: "echo",
    oneByOne,
    recommend(contexts, k) {
      calls.push(contexts.length);
      return contexts.map(({ tracks }) => ({
        tracks: tracks.slice(0, k),
        scores: new Float32Array(Math.min(k, tracks.length)),
      }));
    },
  };
  return { recommender, calls };
}

const contexts = Array.from({ length: 5 }, (_, i) => ({ tracks: [`A-${i}`, `B-${i}`, `C-${i}`] }));

it("ranks the requests of one turn in as few calls as the batch size allows, each with its own k", async () => {
  const { recommender, calls } = echo(false);
  const batcher = new Batcher(undefined, 3);
  const rankings = await Promise.all(
    contexts.map((context, i) => batcher.rank(recommender, context, (i % 3) + 1)),
  );
  expect(calls).toEqual([3, 2]);
  expect(rankings.map(({ tracks }) => tracks.join(" "))).toEqual([
    "A-0",
    "A-1 B-1",
    "A-2 B-2 C-2",
    "A-3",
    "A-4 B-4",
  ]);
  expect(rankings.map(({ scores }) => scores.length)).toEqual([1, 2, 3, 1, 2]);
});

it.each([undefined, [], [{ tracks: ["A-0"] }], [{ tracks: ["A-0"], scores: [1] }]])(
  "names a recommender that answers with %j",
  async (answer) => {
    const broken = { name: "mine", recommend: () => answer as never };
    await expect(new Batcher().rank(broken, contexts[0]!, 1)).rejects.toMatchObject({
      code: "wrong-rankings",
      message: expect.stringMatching(/^mine must give 1 rankings, one a context, got /),
    });
  },
);

it("gives work without batches its own turn, so that each answer is sent before the next begins", async () => {
  const batcher = new Batcher();
  const happened: string[] = [];
  await Promise.all(
    ["a", "b"].map(async (name) => {
      await batcher.alone(() => happened.push(`${name} done`));
      // As a model's thread sends its answers.
      process.nextTick(() => happened.push(`${name} sent`));
    }),
  );
  await new Promise(setImmediate);
  expect(happened).toEqual(["a done", "a sent", "b done", "b sent"]);
  await expect(
    batcher.alone(() => {
      throw new Error("no");
    }),
  ).rejects.toThrow("no");
});

it("does not delay an answer for later ones if batches are no faster", async () => {
  const { recommender, calls } = echo(true);
  const sizes: number[] = [];
  const batcher = new Batcher((size) => sizes.push(size), 3);
  const answeredAfter: number[] = [];
  await Promise.all(
    contexts.map(async (context) => {
      await batcher.rank(recommender, context, 1);
      answeredAfter.push(calls.length);
    }),
  );
  expect(answeredAfter).toEqual([1, 2, 3, 4, 5]);
  expect(sizes).toEqual([1, 1, 1, 1, 1]);
});

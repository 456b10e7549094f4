import { expect, it } from "vitest";
import { answering, corpusOf } from "./evaluation.testkit.js";
import { evaluateRecommender, holdOut, questionsOf, trainingFacts } from "./index.js";

const letters = (text: string) => text.split("");
const training = corpusOf(["abcde", "fghijf", "abcd", "kklmmn", "abcdefghijklmn"].map(letters));
const facts = trainingFacts(training);
const isPlaylist = (text: string) => facts.isPlaylist(letters(text).map(facts.numberOf));

it("knows a playlist by its tracks, whatever their order and repeats", () => {
  expect(["abcde", "edcba", "aabcde", "fghij", "jihgfjihgf"].filter((text) => !isPlaylist(text))).toEqual([]);
});

it("takes neither a part nor more of it, nor a track that training never saw, nor fewer than five", () => {
  expect(
    ["fghi", "abcdef", "abcdX", "abcdeX", "abcd", "aabbc", "klmn", "kklmmn", ""].filter(isPlaylist),
  ).toEqual([]);
});

it("tells sets apart that hold as many tracks, and as high numbers", () => {
  const few = trainingFacts(corpusOf([letters("abcdefghijkl"), letters("aceghi")]));
  const of = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
  let held = 0;
  // Every six of the twelve.
  for (let bits = 0; bits < 2 ** 12; bits++) {
    const chosen = of.filter((i) => bits & (1 << i));
    if (chosen.length === 6 && few.isPlaylist(chosen)) held++;
  }
  expect(held).toBe(1);
});

it.each(["last", "every"] as const)(
  "counts playlists, not questions, asked for the %s track",
  async (positions) => {
    const asked = corpusOf(["edcba", "lmnopq", "jihgf"].map(letters));
    const questions = questionsOf(asked, { positions });
    const silent = answering(() => []);
    expect((await evaluateRecommender(silent, questions, { facts })).copies).toBe(2);
    const nameless = questions.map(({ playlist: _, ...question }) => question);
    expect((await evaluateRecommender(silent, nameless, { facts })).copies).toBe(2);
  },
);

it("finds the copies of playlists that two people have, where the other one is trained on", async () => {
  const lists = Array.from({ length: 60 }, (_, p) => Array.from({ length: 7 }, (_, i) => `t${p * 7 + i}`));
  const { train, questions, heldOut } = holdOut(corpusOf([...lists, ...lists]), { share: 0.3 });
  const trained = new Set(
    Array.from(train.offsets.subarray(0, -1), (from) => train.tracks[train.items[from]!]!),
  );
  const expected = questions.filter(({ context }) => trained.has(context[0]!)).length;
  const { copies } = await evaluateRecommender(
    answering(() => []),
    questions,
    { facts: trainingFacts(train) },
  );
  expect(copies).toBe(expected);
  expect(copies).toBeGreaterThan(heldOut / 3);
  expect(copies).toBeLessThan(heldOut);
});

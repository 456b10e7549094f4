import { expect, it } from "vitest";
import { Random } from "../../system/index.js";
import { answering, corpusOf } from "../evaluation.testkit.js";
import { evaluateRecommender, holdOut, questionsOf, trainingFacts } from "../index.js";

const letters = (text: string) => text.split("");
const training = corpusOf(["abcde", "fghijf", "abcd", "kklmmn", "abcdefghijklmn"].map(letters));
const facts = trainingFacts(training);
const isPlaylist = (text: string) => facts.isPlaylist(letters(text).map(facts.numberOf));

it("recognises a playlist by its tracks, in any order and with repeats", () => {
  expect(["abcde", "edcba", "aabcde", "fghij", "jihgfjihgf"].filter((text) => !isPlaylist(text))).toEqual([]);
});

it("accepts no subset or superset, no unknown track, and no fewer than five tracks", () => {
  expect(
    ["fghi", "abcdef", "abcdX", "abcdeX", "abcd", "aabbc", "klmn", "kklmmn", ""].filter(isPlaylist),
  ).toEqual([]);
});

it("distinguishes sets of the same size and range", () => {
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

it("has no collision among 300,000 sets", () => {
  const random = new Random(7);
  const tracks = Array.from({ length: 1000 }, (_, i) => `t${i}`);
  const five = (from: number) => random.shuffle(Array.from({ length: 40 }, () => from + random.below(500)));
  const lists = Array.from({ length: 300_000 }, () => [...new Set(five(0))].slice(0, 5));
  const corpus = {
    tracks,
    items: Uint32Array.from(lists.flat()),
    offsets: Uint32Array.from({ length: lists.length + 1 }, (_, p) => 5 * p),
  };
  const { isPlaylist } = trainingFacts(corpus);
  expect(isPlaylist(lists[299_999]!)).toBe(true);
  // In 32 bits some twenty of these would be taken for one of those.
  const others = Array.from({ length: 300_000 }, () => [...new Set(five(500))].slice(0, 5));
  expect(others.filter(isPlaylist)).toEqual([]);
});

it.each(["last", "every"] as const)(
  "counts playlists, not questions, when asking for the %s track",
  async (positions) => {
    const asked = corpusOf(["edcba", "lmnopq", "jihgf"].map(letters));
    const questions = questionsOf(asked, { positions });
    const silent = answering(() => []);
    expect((await evaluateRecommender(silent, questions, { facts })).copies).toBe(2);
    const nameless = questions.map(({ playlist: _, ...question }) => question);
    expect((await evaluateRecommender(silent, nameless, { facts })).copies).toBe(2);
    // One that names no playlist is none of those that the others name.
    const [first, second] = questions.filter(({ next, context }) => isPlaylist([...context, next].join("")));
    const { playlist: _, ...unnamed } = second!;
    const mixed = [{ ...first!, playlist: 1 }, unnamed];
    expect((await evaluateRecommender(silent, mixed, { facts })).copies).toBe(2);
  },
);

it("finds held-out playlists that are copies of training playlists", async () => {
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

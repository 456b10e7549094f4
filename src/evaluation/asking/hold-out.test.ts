import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { CorpusBuilder } from "../../corpus/index.js";
import { corpusOf } from "../evaluation.testkit.js";
import { type HoldOutOptions, holdOut } from "./hold-out.js";

const lists = Array.from({ length: 500 }, (_, p) => [`a${p}`, `b${p % 7}`, "c"]);

it("puts every playlist into one part, and asks for the last track of held-out ones", () => {
  const { train, questions, heldOut } = holdOut(corpusOf(lists), { share: 0.3 });
  expect(heldOut).toBe(questions.length);
  // Three standard deviations of 500 draws.
  expect(Math.abs(heldOut - 150)).toBeLessThan(31);
  expect(train.offsets.length - 1).toBe(500 - heldOut);
  for (const { context, next } of questions) {
    expect(next).toBe("c");
    // Its own first track is in no other playlist, so training must not know it.
    expect(train.tracks).not.toContain(context[0]);
  }
});

it("keeps the part of a playlist when others are added, and changes it with the seed", () => {
  const asked = (count: number, seed?: number) =>
    holdOut(corpusOf(lists.slice(0, count)), { ...(seed === undefined ? {} : { seed }) }).questions.map(
      ({ context }) => context[0],
    );
  const few = asked(200);
  expect(asked(500).slice(0, few.length)).toEqual(few);
  expect(asked(500, 2)).not.toEqual(asked(500));
  // By their ids, so that it is no matter where the others stand.
  const heldBack = (from: number) => {
    const builder = new CorpusBuilder();
    for (let p = from; p < 200; p++) builder.add({ id: `id ${p}`, tracks: lists[p]! });
    return holdOut(builder.build()).questions.map(({ context }) => context[0]!);
  };
  const late = heldBack(50);
  expect(late.length).toBeGreaterThan(10);
  expect(heldBack(0).slice(-late.length)).toEqual(late);
});

it("chooses by the first four bytes of the MD5 of seed and id, or number, so that figures stay comparable", () => {
  const place = (seed: number, id: number | string) =>
    createHash("md5").update(`${seed}:${id}`).digest().readUInt32LE(0) / 2 ** 32;
  const firsts = (ids: boolean, options: HoldOutOptions) => {
    const builder = new CorpusBuilder();
    for (const [p, tracks] of lists.entries()) builder.add({ id: ids ? `id ${p}` : "", tracks });
    return holdOut(builder.build(), options).questions.map(({ context }) => context[0]);
  };
  const expected = (share: number, nameOf: (p: number) => number | string, seed: number) =>
    lists.flatMap(([first], p) => (place(seed, nameOf(p)) < share ? [first] : []));
  expect(firsts(true, {})).toEqual(expected(0.2, (p) => `id ${p}`, 1));
  expect(firsts(false, { share: 0.4, seed: 9 })).toEqual(expected(0.4, (p) => p, 9));
});

it("asks for every position if requested, and trains on playlists without a question", () => {
  const short = Array.from({ length: 100 }, (_, p) => [`single${p}`]);
  const { train, questions, heldOut } = holdOut(corpusOf([...lists, ...short]), { positions: "every" });
  expect(questions).toHaveLength(2 * heldOut);
  expect(train.tracks.filter((track) => track.startsWith("single"))).toHaveLength(100);
});

it("refuses an empty part", () => {
  expect(() =>
    holdOut(
      corpusOf([
        ["a", "b"],
        ["b", "a"],
      ]),
      { share: 0.001 },
    ),
  ).toThrow("holding out 0.001 of 2 playlists leaves none to ask about");
  expect(() => holdOut(corpusOf([["a"], ["b"]]))).toThrow("none of 2 playlists holds two tracks");
  expect(() => holdOut(corpusOf([["a", "b"]]), { share: 0.999 })).toThrow("leaves none to fit on");
  expect(() => holdOut(corpusOf(lists), { share: 1 })).toThrow("share must be a number");
});

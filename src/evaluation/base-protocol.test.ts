import { describe, expect, it } from "vitest";
import { nearestOf } from "../recommenders/index.js";
import { Random } from "../system/index.js";
import { TrackVectors } from "../track2vec/index.js";
import { answering, corpusOf } from "./evaluation.testkit.js";
import { baseProtocolMetrics, evaluateBaseProtocol, trainingFacts } from "./index.js";

const known = Array.from({ length: 300 }, (_, i) => `artist ${i % 20}-track ${i}`);
const catalogue = {
  tracks: [...known, "x-1", "x-2"],
  artists: [...known, "x-1", "x-2"].map((id) => id.split("-")[0]!),
};
const random = new Random(11);
const vectors = new TrackVectors({
  tracks: known,
  size: 5,
  vectors: Float32Array.from({ length: known.length * 5 }, () => random.normal()),
});
const pick = () => catalogue.tracks[random.below(catalogue.tracks.length)]!;
const questions = [
  ...Array.from({ length: 700 }, () => ({ context: [pick(), pick()], next: pick() })),
  { context: [], next: known[0]! },
  { context: ["never heard"], next: known[1]! },
  { context: ["never heard"], next: "never heard either" },
  { context: [known[3]!], next: known[3]! },
];

describe("baseProtocolMetrics", () => {
  it.each([1, 20, 100, 1000])("gives the same figures as the answers themselves, k = %d", async (k) => {
    const corpus = { ...catalogue, offsets: Uint32Array.of(0, 2), items: Uint32Array.of(0, 1) };
    const nearest = nearestOf(vectors, catalogue);
    const { at } = await evaluateBaseProtocol(nearest, vectors.tracks, questions, {
      ks: [k],
      facts: trainingFacts(corpus),
    });
    const metrics = await baseProtocolMetrics(vectors, questions, k);
    expect(metrics.hitRatio).toBeGreaterThan(0);
    for (const [name, value] of Object.entries(metrics))
      expect(value).toBeCloseTo(at[0]![name as keyof typeof metrics], 12);
  });

  it("refuses an empty list of questions, and stops on abort", async () => {
    await expect(baseProtocolMetrics(vectors, [], 10)).rejects.toThrow(/no queries/);
    const signal = AbortSignal.abort();
    await expect(baseProtocolMetrics(vectors, questions, 10, { signal })).rejects.toThrow(/abort/i);
  });
});

describe("evaluateBaseProtocol, worked by hand", () => {
  const facts = trainingFacts(corpusOf([["a", "b", "c"], ["a", "b"], ["a", "d", "d"], ["a"]]));

  it("counts only the next track as relevant, whatever follows it", async () => {
    const questions = [
      { context: ["a"], next: "c", rest: ["b"] },
      { context: ["rare"], next: "c", rest: ["b"] },
    ];
    const { at } = await evaluateBaseProtocol(
      answering(() => ["b", "c"]),
      ["a", "b", "c"],
      questions,
      { ks: [2], facts },
    );
    expect(at[0]!.recall).toBeCloseTo((1 + 2 / 3) / 2, 12);
    expect(at[0]!.mrr).toBeCloseTo((1 / 2 + (1 + 1 / 2) / 3) / 2, 12);
  });

  it("asks with the last track only, bets on unknown ones, and counts every row", async () => {
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

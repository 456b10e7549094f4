import { describe, expect, it } from "vitest";
import { Random } from "../system/index.js";
import { trainTrack2Vec } from "./training/train.js";
import { groupedCorpus } from "./training/train.testkit.js";
import { trainWord2Vec } from "./word2vec.js";

const quick = { vectorSize: 12, window: 4, minCount: 1, epochs: 20, alpha: 0.05, sg: true, sample: 0 };

/** Sentences about one of two subjects. */
function* sentences(): Generator<string[]> {
  const random = new Random(7);
  const subjects = [
    ["cat", "dog", "pet shop", "paws", "fur"],
    ["rocket", "moon", "orbit", "fuel", "thrust"],
  ];
  for (let s = 0; s < 400; s++) {
    const subject = subjects[s % 2]!;
    yield Array.from({ length: 6 }, () => subject[random.below(subject.length)]!);
  }
}

async function* later(): AsyncGenerator<string[]> {
  for (const sentence of sentences()) yield sentence;
}

describe("trainWord2Vec", () => {
  it("learns any tokens from a generator, even with blanks", async () => {
    const { vectors, words } = await trainWord2Vec(sentences(), quick);
    expect(words).toBe(2400);
    expect([...vectors.indexToKey].sort()).toContain("pet shop");
    const near = vectors.nearest("cat", 4);
    expect([...near.tracks].sort()).toEqual(["dog", "fur", "paws", "pet shop"]);
    expect(vectors.similarity("cat", "dog")).toBeGreaterThan(vectors.similarity("cat", "moon"));
    expect(vectors.rank("cat", near.tracks[2]!)).toBe(3);
    expect(vectors.nearest({ positive: ["moon", "fuel"], negative: ["cat"] }, 3).tracks).not.toContain("dog");
  });

  it("gives the same for a list, a generator, an async generator, and playlists", async () => {
    const one = await trainWord2Vec([...sentences()], quick);
    const two = await trainWord2Vec(later(), quick);
    expect(two.vectors.vectors).toEqual(one.vectors.vectors);
    const { tracks, items, offsets } = groupedCorpus();
    const lists = Array.from({ length: offsets.length - 1 }, (_, p) =>
      Array.from(items.subarray(offsets[p], offsets[p + 1]), (item) => tracks[item]!),
    );
    const playlists = await trainTrack2Vec(groupedCorpus(), { ...quick, epochs: 2 });
    const general = await trainWord2Vec(lists, { ...quick, epochs: 2 });
    expect(general.vectors.tracks).toEqual(playlists.vectors.tracks);
    expect(general.vectors.vectors).toEqual(playlists.vectors.vectors);
  });

  it("skips empty sentences and names an invalid one", async () => {
    const { words } = await trainWord2Vec([[], ["a", "b"], []], quick);
    expect(words).toBe(2);
    await expect(trainWord2Vec(["the cat"] as never)).rejects.toThrow(
      "sentence 1 must be a list of tokens, got string",
    );
    await expect(trainWord2Vec([["a"], ["a", 3]] as never)).rejects.toThrow(
      "token 2 of sentence 2 must be a string",
    );
    await expect(trainWord2Vec([], quick)).rejects.toMatchObject({ code: "empty-vocabulary" });
    await expect(trainWord2Vec([["a", "b"]], { ...quick, maxFinalVocab: 1 })).rejects.toMatchObject({
      code: "empty-vocabulary",
      message: "maxFinalVocab 1 leaves no word: more than 1 are equally frequent, and none is more so",
      hint: "Raise maxFinalVocab, or give more sentences.",
    });
  });

  it("stops on abort while reading", async () => {
    const endless = (function* () {
      for (;;) yield ["a", "b", "c"];
    })();
    const signal = AbortSignal.timeout(60);
    await expect(trainWord2Vec(endless, { signal })).rejects.toThrow(/timeout/);
  });
});

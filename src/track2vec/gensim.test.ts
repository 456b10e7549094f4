/** The same questions to gensim and to us. */
import { describe, expect, it } from "vitest";
import { CorpusBuilder } from "../corpus/index.js";
import { atOnce, Random } from "../system/index.js";
import { askGensim, hasGensim } from "./gensim.testkit.js";
import { TrackVectors } from "./vectors/vectors.js";
import { keepBarsSteps, NO_ROW, vocabularySteps } from "./vocabulary/vocabulary.js";

const random = new Random(5);

describe.skipIf(!hasGensim)("gensim's keyed vectors", () => {
  const size = 7;
  const tracks = Array.from({ length: 60 }, (_, t) => `t${t}`);
  const values = Float32Array.from({ length: 60 * size }, () => 3 * random.normal());
  // t7 and t8 lie the same way, so they are equally near to everything.
  for (let d = 0; d < size; d++) values[8 * size + d] = values[7 * size + d]!;
  const vectors = new TrackVectors({ tracks, size, vectors: values });
  const free = Float32Array.from({ length: size }, () => random.normal());

  it("give the same most_similar, similarity, rank and get_vector", () => {
    const lists: {
      positive: (string | number[] | [string | number[], number])[];
      negative: (typeof lists)[0]["positive"];
    }[] = [
      { positive: ["t1"], negative: [] },
      { positive: ["t1", "t2", "t3"], negative: [] },
      { positive: ["t1", "t4"], negative: ["t2"] },
      { positive: [], negative: ["t9"] },
      { positive: [[...free]], negative: [] },
      { positive: ["t5", [...free]], negative: ["t6"] },
      { positive: [["t5", 2.5], "t6"], negative: [["t7", -0.5]] },
    ];
    const pairs = Array.from({ length: 40 }, (_, p) => [`t${p % 13}`, `t${(p * 11 + 1) % 60}`] as const);
    const answer = askGensim(
      `
import numpy
from gensim.models import KeyedVectors
kv = KeyedVectors(${size})
kv.add_vectors(given["tracks"], numpy.array(given["values"], dtype=numpy.float32).reshape(-1, ${size}))
def part(p):
    if isinstance(p, str): return p
    if isinstance(p[0], (int, float)): return numpy.array(p, dtype=numpy.float32)
    return (part(p[0]), p[1])
answer = {
  "nearest": [kv.most_similar([part(p) for p in l["positive"]], [part(p) for p in l["negative"]], topn=12) for l in given["lists"]],
  "similarity": [float(kv.similarity(a, b)) for a, b in given["pairs"]],
  "rank": [kv.rank(a, b) for a, b in given["pairs"]],
}`,
      { tracks, values: [...values], lists, pairs },
    ) as { nearest: [string, number][][]; similarity: number[]; rank: number[] };
    const part = (p: unknown): never =>
      (typeof p === "string"
        ? p
        : typeof (p as number[])[0] === "number" && (p as number[]).length === size
          ? Float32Array.from(p as number[])
          : [part((p as unknown[])[0]), (p as unknown[])[1]]) as never;
    for (const [n, { positive, negative }] of lists.entries()) {
      const ours = vectors.nearest({ positive: positive.map(part), negative: negative.map(part) }, 12);
      const theirs = answer.nearest[n]!;
      for (const [i, [track, score]] of theirs.entries()) {
        expect(ours.scores[i], `list ${n}, place ${i}`).toBeCloseTo(score, 5);
        // Which of two equally near ones comes first is chance in gensim.
        if (track !== "t7" && track !== "t8") expect(ours.tracks[i], `list ${n}, place ${i}`).toBe(track);
      }
    }
    for (const [n, [a, b]] of pairs.entries()) {
      expect(vectors.similarity(a, b), `${a} ${b}`).toBeCloseTo(answer.similarity[n]!, 5);
      expect(vectors.rank(a, b), `${a} ${b}`).toBe(answer.rank[n]);
    }
  });
});

describe.skipIf(!hasGensim)("gensim's vocabulary", () => {
  it("has the same tokens, counts and subsampling probabilities", () => {
    const sentences = Array.from({ length: 300 }, () =>
      Array.from({ length: 8 }, () => `w${Math.floor(60 * random.next() ** 3)}`),
    );
    const builder = new CorpusBuilder();
    for (const tracks of sentences) builder.add({ id: "", tracks });
    const corpus = builder.build();
    const options = [
      { minCount: 1, sample: 1e-3 },
      { minCount: 30, sample: 1e-2 },
      { minCount: 1, maxFinalVocab: 10, sample: 0 },
      { minCount: 40, maxFinalVocab: 50, sample: 3 },
      { minCount: 5, maxFinalVocab: 1000, sample: 0.999 },
    ];
    const answer = askGensim(
      `
from gensim.models import Word2Vec
answer = []
for o in given["options"]:
    model = Word2Vec(min_count=o["minCount"], max_final_vocab=o.get("maxFinalVocab"), sample=o["sample"], vector_size=4)
    model.build_vocab(given["sentences"])
    wv = model.wv
    answer.append({k: [int(wv.get_vecattr(k, "count")), int(wv.get_vecattr(k, "sample_int"))] for k in wv.index_to_key})`,
      { sentences, options },
    ) as Record<string, [number, number]>[];
    for (const [n, each] of options.entries()) {
      const ours = atOnce(vocabularySteps(corpus, { maxFinalVocab: undefined, ...each }));
      const theirs = answer[n]!;
      expect([...ours.tracks].sort()).toEqual(Object.keys(theirs).sort());
      const bars = atOnce(keepBarsSteps(ours.counts, each.sample));
      for (const [row, track] of ours.tracks.entries()) {
        expect(ours.counts[row]).toBe(theirs[track]![0]);
        const chance = bars[row] === NO_ROW ? 1 : bars[row]! / 2 ** 32;
        expect(chance, `${track} at sample ${each.sample}`).toBeCloseTo(theirs[track]![1] / 2 ** 32, 6);
      }
    }
  });
});

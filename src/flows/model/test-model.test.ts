import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { type Corpus, CorpusBuilder, writeCorpusFile } from "../../corpus/index.js";
import { remarksOn } from "../../evaluation/index.js";
import { folderOfTests } from "../../system/files/temporary-folder.testkit.js";
import { Random } from "../../system/index.js";
import { fitPoint } from "../grid/fit-point.js";
import { saveModel } from "./model-folder.js";
import { testModel } from "./test-model.js";

/** Playlists that go on where they are: from one track to one of the two behind it. */
function walks(count: number, seed: number, name = "track"): Corpus {
  const random = new Random(seed);
  const builder = new CorpusBuilder();
  for (let p = 0; p < count; p++) {
    let at = random.below(40);
    const tracks = Array.from(
      { length: 6 },
      () => `artist ${(at = (at + 1 + random.below(2)) % 40) % 7}-${name} ${at}`,
    );
    builder.add({ id: `p${seed}-${p}`, tracks, artists: tracks.map((id) => id.split("-")[0]!) });
  }
  return builder.build();
}

const folder = folderOfTests("test-model");
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  await writeCorpusFile(at("train.safetensors"), walks(500, 1));
  await writeCorpusFile(at("test.safetensors"), walks(4500, 2));
  for (const [recommender, settings] of [
    ["transitions", {}],
    ["popularity", {}],
    ["track2vec", { epochs: 60, vectorSize: 8, window: 2, minCount: 1 }],
  ] as const) {
    const point = { recommender, settings, label: "" };
    const inputs = { train: at("train.safetensors"), questions: at("test.safetensors"), most: 50 };
    await saveModel(at(recommender), await fitPoint({ point, ...inputs, k: 3, seed: 1, threads: () => 1 }));
  }
});

it("gives the same figures with answering threads and with too few queries for them", async () => {
  const options = {
    model: at("transitions"),
    nearest: at("track2vec"),
    train: at("train.safetensors"),
    questions: at("test.safetensors"),
    k: 3,
    seed: 1,
  };
  const all = await testModel(options);
  const some = await testModel({ ...options, most: 1500 });
  expect(all.queries).toBe(4500);
  expect(some.queries).toBe(1500);
  // Two tracks may follow, so three answers hold nearly all of them; chance is 3 of 40.
  expect(all.hitRatio).toBeGreaterThan(0.9);
  expect(Math.abs(all.hitRatio - some.hitRatio)).toBeLessThan(0.03);
  expect(all.gain.low).toBeGreaterThan(0.5);
  // The base protocol asks all, whatever the others are asked.
  expect(some.base).toBe(all.base);
  expect(all.base).toBeGreaterThan(0.2);
  expect(all.rows.map((row) => row.model)).toEqual([
    "transitions",
    "nearest tracks (base protocol)",
    "popularity",
    "random bet",
  ]);
});

it("has one row for popularity if that is the best", async () => {
  const options = { model: at("popularity"), train: at("train.safetensors"), k: 3, seed: 1 };
  const { rows, hitRatio, popularity } = await testModel({
    ...options,
    questions: at("test.safetensors"),
    most: 50,
  });
  expect(rows.map((row) => row.model)).toEqual(["popularity", "random bet"]);
  expect(popularity).toBe(hitRatio);
});

it("counts test playlists that are also in training", async () => {
  await writeCorpusFile(at("both.safetensors"), walks(40, 1));
  const options = { model: at("transitions"), train: at("train.safetensors"), k: 3, seed: 1 };
  const { copies } = await testModel({ ...options, questions: at("both.safetensors") });
  expect(copies).toBe(40);
});

it("counts queries with a known context, for a remark if they are few", async () => {
  await writeCorpusFile(at("others.safetensors"), walks(100, 3, "another"));
  const options = { model: at("transitions"), train: at("train.safetensors"), k: 3, seed: 1 };
  const known = await testModel({ ...options, questions: at("test.safetensors"), most: 300 });
  expect(known.knownContexts).toBe(1);
  const unknown = await testModel({ ...options, questions: at("others.safetensors") });
  expect(unknown.knownContexts).toBe(0);
  const remark = expect.stringMatching(/^no query holds a track that training knows/);
  expect(remarksOn({ test: unknown, kFlag: "--knn-k" })).toContainEqual(remark);
  expect(remarksOn({ test: known, kFlag: "--knn-k" })).not.toContainEqual(remark);
});

/** Grid points of which no track is played often enough to have a vector: an ordinary first input is small. */
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { openBundle } from "../../bundle/index.js";
import { CorpusBuilder, writeCorpusFile } from "../../corpus/index.js";
import { folderOfTests } from "../../system/files/temporary-folder.testkit.js";
import { buildBundle } from "../model/build-bundle.js";
import { saveModel } from "../model/model-folder.js";
import { testModel } from "../model/test-model.js";
import { fitPoint } from "./fit-point.js";
import { asTable, byHitRatio, gridRow, loggedRow } from "./ranking.js";

const folder = folderOfTests("fit-point");
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  for (const [part, playlists] of [
    [
      "train",
      [
        ["a", "b", "c", "a"],
        ["d", "e", "f"],
      ],
    ],
    [
      "validation",
      [
        ["a", "b"],
        ["d", "a"],
      ],
    ],
  ] as const) {
    const builder = new CorpusBuilder();
    for (const [p, tracks] of playlists.entries()) builder.add({ id: `${part} ${p}`, tracks: [...tracks] });
    await writeCorpusFile(at(`${part}.safetensors`), builder.build());
  }
});

const fitted = (recommender: string, settings: object) =>
  fitPoint({
    point: { recommender, settings: { ...settings }, label: "" },
    train: at("train.safetensors"),
    questions: at("validation.safetensors"),
    k: 2,
    seed: 1,
  });

it.each(["track2vec", "nearest"])("%s without a single vector is a result, and says why", async (name) => {
  const { result, glance } = await fitted(name, { minCount: 9 });
  expect(glance).toBe(
    "no track is played 9 times or more: min_count 9 leaves no vectors; try a lower one, or more playlists",
  );
  expect(result.vocabulary).toBe(0);
  // By the base protocol every query is a random bet among no tracks.
  expect(result.base).toEqual({ hitRatio: 0, mrr: 0, ndcg: 0 });
  for (const figure of [result.hitRatio, result.mrr, result.ndcg, ...result.interval, ...result.lossPerEpoch])
    expect(figure).toBeGreaterThanOrEqual(0);
  expect(JSON.stringify(gridRow(result))).not.toMatch(/NaN|undefined|Infinity/);
  expect(gridRow({ ...result, interval: [0.25, 0.5] })).toMatchObject({ "95 %": "0.250–0.500" });
  // Nobody who was asked was hit, or everybody: that makes nothing sure.
  for (const all of [0, 1])
    expect(gridRow({ ...result, interval: [all, all] })).toMatchObject({ "95 %": "–" });
});

it("fits the table of the log beside the name of its step on a terminal of 80 columns", async () => {
  const { result } = await fitted("nearest", {});
  const point = { ...result, name: "track2vec min_count=10", interval: [0.25, 0.5] } as const;
  const lines = asTable([point].map(loggedRow)).split("\n");
  for (const line of lines) expect("keep_best │ ".length + line.length).toBeLessThanOrEqual(80);
  expect(lines[1]).toMatch(/^track2vec min_count=10 +0\.0000 +0\.250–0\.500 +0\.0000$/);
});

it("reports the default min_count of the recommender, and a single vector", async () => {
  expect((await fitted("nearest", {})).glance).toContain("min_count 5 leaves no vectors");
  expect((await fitted("track2vec", { minCount: 2 })).glance).toBe("near a: no other track has a vector");
});

it("ranks a model that learned nothing last, whatever its fallback hits", async () => {
  const { result } = await fitted("track2vec", { minCount: 9 });
  const empty = { ...result, name: "a", hitRatio: 0.9 };
  const poor = { ...result, name: "z", hitRatio: 0, vocabulary: 3 };
  const plain = { ...poor, name: "b", vocabulary: undefined };
  expect([empty, poor, plain].sort(byHitRatio)).toEqual([plain, poor, empty]);
});

it("is tested and packed if there is nothing else, without vectors or a nearest index", async () => {
  await saveModel(at("model"), await fitted("track2vec", { minCount: 9 }));
  const figures = await testModel({
    model: at("model"),
    train: at("train.safetensors"),
    questions: at("validation.safetensors"),
    k: 2,
    seed: 1,
  });
  expect(figures.hitRatio).toBeGreaterThanOrEqual(0);
  expect(figures.base).toBeUndefined();
  const manifest = await buildBundle(at("bundle"), {
    model: at("model"),
    train: at("train.safetensors"),
    parameters: { knn_k: 2 },
    metrics: {},
  });
  expect(manifest.recommenders).toEqual(["track2vec", "popularity"]);
  const bundle = await openBundle(at("bundle"));
  expect(bundle.vectors).toBeUndefined();
  expect(bundle.recommender().recommend([{ tracks: ["b"] }], 2)[0]!.tracks).toContain("a");
});

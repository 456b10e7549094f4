import { expect, it } from "vitest";
import { checkerboard } from "../contract.testkit.js";
import { blend } from "./blend.js";

it.each([
  ["several folds, of which threads take turns", { folds: 3, vectorEpochs: 2 }],
  ["one fold, whose queries threads share", { folds: 1, vectorEpochs: 1 }],
])(
  "fits the same blend at any number of threads: %s",
  async (_, settings) => {
    const corpus = checkerboard({ playlists: 1500 });
    expect(corpus.items.length).toBeGreaterThan(10_000);
    const fitted = async (threads: number) =>
      (await blend.fit(corpus, { ...settings, trees: 5, queries: 400 }, { seed: 3, threads })).save();
    const one = await fitted(1);
    expect(await fitted(2)).toEqual(one);
    expect(await fitted(4)).toEqual(one);
  },
  180_000,
);

import { describe, expect, it } from "vitest";
import { checkerboard, testRecommenderContract } from "./contract.testkit.js";
import { fitRecommender, recommenderKinds, restoreRecommender } from "./index.js";

const contextFree = new Set(["popularity", "recent-popularity"]);

/** Less of the same, so that the suite stays quick: the blend fits some 30 forests in it. */
const lighter: Record<string, Record<string, unknown>> = {
  blend: { trees: 30, folds: 2, vectorEpochs: 2 },
  nearest: { epochs: 100 },
  track2vec: { epochs: 10 },
};

for (const kind of Object.values(recommenderKinds)) {
  testRecommenderContract(kind, {
    readsContext: !contextFree.has(kind.name),
    answersUnknown: kind.name !== "nearest",
    settings: lighter[kind.name],
  });
}

describe("the registry", () => {
  it("refuses an unknown kind and an unknown setting", async () => {
    await expect(fitRecommender("oracle", checkerboard())).rejects.toThrow(/no recommender "oracle"/);
    await expect(fitRecommender("popularity", checkerboard(), { windows: 1 })).rejects.toThrow(/no setting/);
  });

  it("refuses an empty corpus and a state from the future", async () => {
    const empty = { tracks: [], offsets: new Uint32Array(1), items: new Uint32Array(0) };
    await expect(fitRecommender("popularity", empty)).rejects.toThrow(/no plays/);
    const state = (await fitRecommender("popularity", checkerboard())).save();
    expect(() => restoreRecommender({ ...state, version: 99 }, checkerboard())).toThrow(/version 99/);
  });
});

import { describe, expect, it } from "vitest";
import { gridPoints } from "../flows/grid/grid.js";
import { checkerboard } from "./contract.testkit.js";
import { checkSettings, fitRecommender, recommenderKinds } from "./index.js";

/** Settings of which -1 is a value like any other. */
const mayBeNegative = new Set(["nsExponent"]);

const corpus = checkerboard({ playlists: 40 });

/** What `fitRecommender` says of one setting; it must say it before it fits, so in no time. */
async function refusalOf(name: string, settings: Record<string, unknown>) {
  return fitRecommender(name, corpus, settings, { threads: 1 }).then(
    () => undefined,
    (error: Error & { exitCode?: number; hint?: string }) => error,
  );
}

describe.each(Object.values(recommenderKinds))("the settings of $name", (kind) => {
  const names = Object.keys(kind.defaults);

  it("each have a range that contains the default", () => {
    expect(Object.keys(kind.ranges).sort()).toEqual([...names].sort());
    expect(() => checkSettings(kind.name, { ...kind.defaults })).not.toThrow();
  });

  it.each(names)("%s: accepts no text, no NaN and no infinity", async (setting) => {
    const wrong: unknown[] = ["x", "5", "", "AUTO", null, [], [3], {}, Number.NaN];
    wrong.push(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    if (!mayBeNegative.has(setting)) wrong.push(-1);
    for (const value of wrong) {
      const error = await refusalOf(kind.name, { [setting]: value });
      expect(error, `${setting}=${String(value)}`).toMatchObject({ name: "SegueError", exitCode: 2 });
      expect(error!.message).toContain(`setting "${setting}" of the recommender "${kind.name}"`);
      expect(error!.message).toMatch(/wanted ("\w+" or )?(a (whole )?number|true or false)/);
      expect(error!.hint).toMatch(/default/);
    }
  });
});

describe("settings", () => {
  it("are shown as they were given", () => {
    expect(() => checkSettings("blend", { tail: "0.1" })).toThrow(
      'the setting "tail" of the recommender "blend" is "0.1", wanted a number > 0 and < 1',
    );
    expect(() => checkSettings("track2vec", { output: 1.5 })).toThrow(/is 1.5, wanted a number from 0 to 1$/);
    expect(() => checkSettings("v-sknn", { contextDecay: "foo" })).toThrow(
      /is "foo", wanted "linear" or a number > 0$/,
    );
    expect(() => checkSettings("transitions", { skip: 2.5 })).toThrow(/is 2.5, wanted a whole number ≥ 1$/);
  });

  it("count as not given if undefined", async () => {
    const given = { repeats: undefined, window: undefined };
    const fitted = await fitRecommender("popularity", corpus, given);
    const plain = await fitRecommender("popularity", corpus);
    expect(fitted.save()).toEqual(plain.save());
  });

  it.each([
    { tail: 1 },
    { tail: 0 },
    { folds: 0 },
    { folds: 6 },
    { folds: 100_000 },
    { leaves: 1 },
    { leaves: 33 },
    { querySample: 0 },
    { lambda: 0 },
  ])("of the blend: refuses %o", (settings) => {
    expect(() => checkSettings("blend", settings)).toThrow(/the setting "\w+" of the recommender "blend"/);
  });

  it("of the blend: refuses more folds of a tail than playlists", () => {
    expect(() => checkSettings("blend", { tail: 0.3 })).toThrow(/"folds" \(4\) parts of "tail" \(0.3\)/);
    expect(() => checkSettings("blend", { tail: 0.3, folds: 3 })).not.toThrow();
    expect(() => checkSettings("blend", { tail: 0.2, folds: 5 })).not.toThrow();
  });

  it.each([
    { tail: 0.99, folds: 1 },
    { tail: 0.2, folds: 5 },
    { tail: 0.01 },
    { hard: 1, easy: 0, candidates: 1, finalists: 1, firstTrees: 0, nominated: 1, neighbours: 1, keep: 1 },
  ])("of the blend at the limits of their ranges work: %o", async (settings) => {
    for (const playlists of [1, 2, 40]) {
      const few = checkerboard({ playlists });
      const fitted = await fitRecommender(
        "blend",
        few,
        { trees: 3, vectorEpochs: 1, ...settings },
        { threads: 1 },
      );
      const [ranking] = fitted.recommend([{ tracks: [few.tracks[0]!, few.tracks[1]!] }], 5);
      expect(ranking!.tracks).toHaveLength(5);
      expect(ranking!.scores.every(Number.isFinite)).toBe(true);
    }
  });

  it("are also refused by their names in params.yml", () => {
    const [point] = gridPoints([{ recommender: "v-sknn", context_decay: "linear", per_track: [100] }]);
    expect(() => checkSettings("v-sknn", point!.settings)).not.toThrow();
    const [wrong] = gridPoints([{ recommender: "v-sknn", context_decay: "liner" }]);
    expect(() => checkSettings("v-sknn", wrong!.settings)).toThrow(/setting "contextDecay".*"liner"/);
  });
});

import { describe, expect, it } from "vitest";
import { CorpusBuilder } from "../../corpus/index.js";
import { atOnce, type SegueError } from "../../system/index.js";
import { resolveOptions, type Word2VecOptions } from "../options/options.js";
import { ofTracks } from "../options/wording.js";
import { requireFiniteLoss, requireFiniteWeights } from "./divergence.js";
import { trainTrack2Vec } from "./train.js";
import { inRuns } from "./train.testkit.js";

describe("requireFiniteWeights", () => {
  const place = { epoch: 3, options: resolveOptions({}), wording: ofTracks };
  const finite = Float32Array.of(0, -0, 3e38, -1e-40);

  it("passes finite matrices, whatever their values", () => {
    expect(() => atOnce(requireFiniteWeights({ inputs: finite, outputs: finite }, place))).not.toThrow();
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("refuses %d in any", (value) => {
    const broken = Float32Array.of(1, value, 2);
    for (const weights of [
      { inputs: broken, outputs: finite },
      { inputs: finite, outputs: broken },
      { inputs: finite, nodes: broken },
    ])
      expect(() => atOnce(requireFiniteWeights(weights, place))).toThrow(
        "training diverged in epoch 3: the vectors are not numbers",
      );
  });
});

it("refuses a loss that no vectors have: garbage had been saved as vectors", () => {
  const place = { epoch: 2, options: resolveOptions({}), wording: ofTracks };
  expect(() => requireFiniteLoss(700, place)).not.toThrow();
  expect(() => requireFiniteLoss(1.8e26, place)).toThrow("training diverged in epoch 2: the loss is 2e+26");
});

it.each([6, 20])("training does not diverge where tracks play up to %i times in a row", async (most) => {
  const options = { vectorSize: 16, minCount: 1, sg: true, window: 20, epochs: 3 };
  const { lossPerEpoch, vectors } = await trainTrack2Vec(inRuns({ playlists: 600, most }), options);
  expect(lossPerEpoch[2]).toBeLessThan(1);
  expect(vectors.vectors.every((x) => Math.abs(x) < 10)).toBe(true);
});

describe("the advice", () => {
  const hintOf = (given: Partial<Word2VecOptions>, from?: { inputs: Float32Array }) => {
    const options = resolveOptions(given);
    const place = { epoch: 1, options, wording: ofTracks, from };
    let hint: unknown;
    try {
      requireFiniteLoss(Number.NaN, place);
    } catch (error) {
      hint = (error as SegueError).hint;
    }
    return hint;
  };
  const fewer = "a smaller negative than 1000 (5 by default)";

  it.each<[Partial<Word2VecOptions>, string]>([
    [{ alpha: 2 }, "use a smaller alpha than 2 (0.025 by default)"],
    [{ negative: 1000 }, `use ${fewer}`],
    [{ negative: 1000, alpha: 0.01 }, `use ${fewer}`],
    [{ negative: 1000, alpha: 0.1 }, `use ${fewer}, or a smaller alpha than 0.1 (0.025 by default)`],
    [
      { negative: 10, alpha: 0.1 },
      "use a smaller alpha than 0.1 (0.025 by default), or a smaller negative than 10 (5 by default)",
    ],
    [{}, "use a smaller sample than 0.001, or a smaller window than 5"],
    [{ hs: true, negative: 0, sample: 0 }, "use sample 0.001, or a smaller window than 5"],
  ])(
    "of %j is to lower what is farthest above its default, else what trains frequent tracks less",
    (given, hint) => {
      expect(hintOf(given)).toBe(hint);
    },
  );

  it("is to start from other vectors if the given ones were not trained", () => {
    expect(hintOf({ alpha: 2 }, { inputs: Float32Array.of(0, -1e30) })).toBe(
      "begin with other vectors than those of from, which have values up to 1e+30",
    );
    expect(hintOf({ alpha: 2 }, { inputs: Float32Array.of(0, -30) })).toMatch(/alpha/);
  });

  it("works: training succeeds with fewer negatives at the same alpha", async () => {
    const builder = new CorpusBuilder();
    const tracks = Array.from({ length: 50 }, (_, at) => `t${at % 3}`);
    for (let p = 0; p < 200; p++) builder.add({ id: `p${p}`, tracks });
    const corpus = builder.build();
    const training = (negative: number) =>
      trainTrack2Vec(corpus, {
        minCount: 1,
        epochs: 1,
        vectorSize: 8,
        sg: true,
        sample: 0,
        threads: 1,
        negative,
      });
    await expect(training(1000)).rejects.toMatchObject({ code: "diverged", hint: `use ${fewer}` });
    await expect(training(5)).resolves.toMatchObject({ epochs: 1 });
  });
});

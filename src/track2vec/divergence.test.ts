import { describe, expect, it } from "vitest";
import { atOnce } from "../system/index.js";
import { requireFiniteWeights } from "./divergence.js";
import { resolveOptions } from "./options.js";
import { ofTracks } from "./wording.js";

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

import { describe, expect, it } from "vitest";
import { checkerboard, scenes } from "../contract.testkit.js";
import { sessionsOf } from "../core/plays/sessions.js";
import { fitRecommender } from "../registry.js";
import { codeOfContext, noEncoder } from "./encoder-model.js";
import { encoderDefaults, trainingFor } from "./settings.js";
import { trainEncoder } from "./train-encoder.js";

const sessions = sessionsOf(checkerboard());
const training = { ...trainingFor(encoderDefaults, sessions), epochs: 5 };

describe("the session encoder", () => {
  it("is the same for a seed at any number of threads, and differs with the seed", async () => {
    const [one, three, other] = await Promise.all([
      trainEncoder(sessions, training, { seed: 3, threads: 1 }),
      trainEncoder(sessions, training, { seed: 3, threads: 3 }),
      trainEncoder(sessions, training, { seed: 4, threads: 1 }),
    ]);
    expect(three.units).toEqual(one.units);
    expect(three.gates).toEqual(one.gates);
    expect(three.lossPerEpoch).toEqual(one.lossPerEpoch);
    expect(other.units).not.toEqual(one.units);
  });

  it("learns: the loss falls from epoch to epoch, to less than half", async () => {
    const { lossPerEpoch } = await trainEncoder(sessions, training, { seed: 1, threads: 2 });
    expect(lossPerEpoch).toHaveLength(5);
    for (let i = 1; i < 5; i++) expect(lossPerEpoch[i]!).toBeLessThan(lossPerEpoch[i - 1]!);
    expect(lossPerEpoch[4]!).toBeLessThan(lossPerEpoch[0]! / 2);
  });

  it("uses the order of a context: on a ring, the next track follows the last one", async () => {
    const recommender = await fitRecommender("encoder", checkerboard());
    const next = (...places: number[]) =>
      recommender.recommend(
        [{ tracks: places.map((place) => `Black-${String(place).padStart(2, "0")}`) }],
        1,
      )[0]!.tracks[0];
    expect(next(3, 4, 5)).toBe("Black-06");
    expect(next(21, 22, 23)).toBe("Black-00");
    expect(next(7, 8)).toBe("Black-09");
  });

  it("ends on abort", async () => {
    const controller = new AbortController();
    const fitted = fitRecommender("encoder", scenes(), { epochs: 1000 }, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("enough")), 50);
    await expect(fitted).rejects.toThrow("enough");
  });

  it("learns the same with empty playlists between the others", async () => {
    const { trackCount, offsets, items } = sessions;
    const withEmpty = {
      trackCount,
      items,
      offsets: Uint32Array.from([...offsets].flatMap((at) => [at, at])),
    };
    const [plain, other] = await Promise.all([
      trainEncoder(sessions, training, { seed: 3, threads: 1 }),
      trainEncoder(withEmpty, training, { seed: 3, threads: 1 }),
    ]);
    expect(other.units).toEqual(plain.units);
  });

  it("names the number of tracks and dimensions if they do not fit into memory", async () => {
    const many = { trackCount: 5_000_000, offsets: Uint32Array.of(0, 2), items: Uint32Array.of(0, 1) };
    await expect(trainEncoder(many, training, { seed: 1, threads: 1 })).rejects.toThrow(
      "an encoder of 5000000 tracks in 64 dimensions need",
    );
  });

  it("has settings that fit the playlists", () => {
    expect(trainingFor(encoderDefaults, sessions)).toMatchObject({
      size: 64,
      reach: 20,
      epochs: 6,
      batch: 64,
    });
    expect(
      trainingFor({ ...encoderDefaults, vectorSize: 50, batch: 100, negative: 20 }, sessions),
    ).toMatchObject({
      size: 64,
      batch: 128,
      drawn: 32,
    });
    // A million playlists of twelve.
    const long = { trackCount: 1, offsets: new Uint32Array(1_000_001), items: new Uint32Array(12_000_000) };
    expect(trainingFor(encoderDefaults, long)).toMatchObject({ epochs: 1, batch: 1024, reach: 20 });
  });
});

describe("the code of a context", () => {
  const model = {
    size: 2,
    units: Float32Array.of(1, 0, 0, 1),
    gates: Float32Array.of(1, 1, 0.5, 0.25),
  };

  it("is the gated sum of the last tracks, of length 1, worked by hand", () => {
    const code = new Float32Array(2);
    // 1 · (0, 1) + (0.5, 0.25) ∘ (1, 0) = (0.5, 1), of length √1.25; what played before is out of reach.
    expect(codeOfContext(model, Uint32Array.of(1, 1, 0, 1), code)).toBe(true);
    expect(code[0]).toBeCloseTo(0.5 / Math.sqrt(1.25), 6);
    expect(code[1]).toBeCloseTo(1 / Math.sqrt(1.25), 6);
  });

  it("is zero for an empty context and without an encoder", () => {
    const code = new Float32Array(2);
    expect(codeOfContext(model, new Uint32Array(0), code)).toBe(false);
    expect(codeOfContext(noEncoder, Uint32Array.of(1), new Float32Array(0))).toBe(false);
  });
});

import { describe, expect, it } from "vitest";
import { lateness } from "../../system/time.testkit.js";
import type { TrainOptions } from "../options/train-options.js";
import { trainTrack2Vec } from "./train.js";
import { groupedCorpus } from "./train.testkit.js";

const quick = {
  vectorSize: 16,
  window: 5,
  minCount: 1,
  epochs: 8,
  sample: 0,
  alpha: 0.05,
} satisfies TrainOptions;
const large = groupedCorpus({ groups: 100, tracksPerGroup: 60, playlists: 4000, length: 20 });

describe("trainTrack2Vec", () => {
  for (const sg of [true, false]) {
    for (const hs of [true, false]) {
      it(`brings tracks of one group together: sg ${sg}, hs ${hs}`, async () => {
        const corpus = groupedCorpus();
        const epochs = sg ? 8 : 20;
        const { vectors, lossPerEpoch, negativeProducts } = await trainTrack2Vec(corpus, {
          ...quick,
          epochs,
          sg,
          hs,
          negative: hs ? 0 : 5,
        });
        expect(vectors.length).toBe(200);
        expect(Math.sign(negativeProducts)).toBe(hs ? 0 : 1);
        expect(lossPerEpoch.at(-1)!).toBeLessThan(lossPerEpoch[0]!);
        let same = 0;
        for (const track of vectors.tracks) {
          const group = track.split("-")[0];
          same += vectors.nearest(track, 10).tracks.filter((t) => t.split("-")[0] === group).length / 10;
        }
        expect(same / vectors.length).toBeGreaterThan(0.9);
      });
    }
  }

  it.each([true, false])("gives bit-identical vectors at one, two and three threads: sg %s", async (sg) => {
    const runs = [];
    for (const threads of [1, 2, 3]) {
      const run = await trainTrack2Vec(large, { ...quick, sg, epochs: 2, sample: 1e-3, threads });
      expect(run.threads).toBe(threads);
      runs.push(run);
    }
    for (const run of runs.slice(1)) {
      expect(
        Buffer.from(run.vectors.vectors.buffer).equals(Buffer.from(runs[0]!.vectors.vectors.buffer)),
      ).toBe(true);
      expect(run.lossPerEpoch).toEqual(runs[0]!.lossPerEpoch);
    }
  });

  it("gives other vectors for another seed", async () => {
    const one = await trainTrack2Vec(large, { ...quick, epochs: 1, seed: 1 });
    const two = await trainTrack2Vec(large, { ...quick, epochs: 1, seed: 2 });
    expect(one.vectors.vectors).not.toEqual(two.vectors.vectors);
  });

  it("stops within 100 ms of an abort and leaves no thread behind", async () => {
    const train = (signal: AbortSignal) => trainTrack2Vec(large, { ...quick, epochs: 100_000, signal });
    expect(await lateness(400, train)).toBeLessThan(100);
  });

  it("stops if onEpoch says so, and passes on its errors", async () => {
    const run = await trainTrack2Vec(large, {
      ...quick,
      epochs: 50,
      onEpoch: ({ epoch }) => (epoch === 2 ? "stop" : undefined),
    });
    expect(run.epochs).toBe(2);
    const failing = trainTrack2Vec(large, {
      ...quick,
      onEpoch: () => {
        throw new Error("callback failed");
      },
    });
    await expect(failing).rejects.toThrow("callback failed");
  });

  it.each([
    { sg: true, hs: false, shared: true },
    { sg: true, hs: true, shared: true },
    { sg: false, hs: false, shared: false },
  ])("ends a training that diverges after the epoch in which it does: %j", async (how) => {
    const corpus = groupedCorpus();
    let ended = 0;
    const training = trainTrack2Vec(corpus, {
      ...{ ...quick, ...how, alpha: 100, epochs: 5 },
      onEpoch: ({ epoch }) => {
        ended = epoch;
        return undefined;
      },
    });
    await expect(training).rejects.toMatchObject({
      code: "diverged",
      message: "training diverged in epoch 1: the loss is not a number",
      hint: "use a smaller alpha than 100 (0.025 by default)",
    });
    expect(ended).toBe(0);
    // Nobody looks between these epochs.
    const alone = trainTrack2Vec(corpus, { ...quick, ...how, alpha: 100, epochs: 5 });
    await expect(alone).rejects.toMatchObject({ code: "diverged" });
  });

  it("says what is wrong with an option", async () => {
    await expect(trainTrack2Vec(large, { window: 0 })).rejects.toThrow(/window must be a whole number/);
    await expect(trainTrack2Vec(large, { negative: 0 })).rejects.toThrow(/nothing would be learnt/);
    await expect(trainTrack2Vec(large, { sg: "1" as never })).rejects.toThrow(
      'sg must be true or false, got "1"',
    );
    await expect(trainTrack2Vec(large, { minCount: 1e6 })).rejects.toThrow(/nothing to learn/);
    await expect(trainTrack2Vec(large, { minCount: 1, maxFinalVocab: 0 })).rejects.toThrow(/maxFinalVocab/);
    await expect(trainTrack2Vec(large, { ...quick, vectorSize: 65_536, negative: 20 })).rejects.toThrow(
      /GiB of memory/,
    );
  });
});

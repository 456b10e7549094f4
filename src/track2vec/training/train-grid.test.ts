import { describe, expect, it } from "vitest";
import type { TrainOptions } from "../options/train-options.js";
import { trainTrack2Vec } from "./train.js";
import { groupedCorpus } from "./train.testkit.js";
import { trainGrid } from "./train-grid.js";

const corpus = groupedCorpus({ groups: 50, tracksPerGroup: 50, playlists: 1500, length: 14 });
const point = { vectorSize: 8, window: 4, minCount: 1, epochs: 2, sg: true } satisfies TrainOptions;

describe("trainGrid", () => {
  it("gives each point the result of a separate training, in order, at any concurrency", async () => {
    const points: TrainOptions[] = [{ ...point }, { ...point, sg: false }, { ...point, minCount: 5 }];
    const alone = [];
    for (const each of points) alone.push((await trainTrack2Vec(corpus, each)).vectors);
    const tasks = new Set<string>();
    for (const concurrency of [1, 3]) {
      const results = await trainGrid(corpus, points, {
        concurrency,
        progress: ({ task }) => tasks.add(task),
      });
      for (const [n, { vectors }] of results.entries()) {
        expect(vectors.tracks).toEqual(alone[n]!.tracks);
        expect(vectors.vectors).toEqual(alone[n]!.vectors);
      }
    }
    expect([...tasks].sort()).toEqual(["training 1/3", "training 2/3", "training 3/3"]);
  });

  it("names the point that fails and ends the others", async () => {
    const long = { ...point, epochs: 100_000 };
    await expect(
      trainGrid(corpus, [long, { ...point, minCount: 1e6 }, long], { concurrency: 3 }),
    ).rejects.toMatchObject({
      code: "empty-vocabulary",
      message: expect.stringMatching(/^grid point 2\/3: no track/),
    });
  });

  it("ends all points on abort, and accepts an empty grid", async () => {
    const signal = AbortSignal.timeout(200);
    const long = { ...point, epochs: 100_000 };
    await expect(trainGrid(corpus, [long, long, long], { concurrency: 2, signal })).rejects.toThrow(
      /timeout/,
    );
    expect(await trainGrid(corpus, [])).toEqual([]);
    await expect(trainGrid(corpus, [point], { concurrency: 0 })).rejects.toThrow(/concurrency must be/);
    for (const [wrong, message] of [
      [null, "grid point 2/2's options must be an object, got null"],
      [{ ...point, signal: 5 }, "the signal of grid point 2/2 must be an AbortSignal, got 5"],
    ] as const)
      await expect(trainGrid(corpus, [point, wrong as never])).rejects.toMatchObject({
        exitCode: 2,
        message,
      });
  });
});

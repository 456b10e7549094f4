import { expect, it, vi } from "vitest";
import type { ProgressReport } from "../../system/index.js";
import { trainTrack2Vec } from "./train.js";
import { groupedCorpus } from "./train.testkit.js";
import { reportTraining } from "./training-progress.js";

it("reports words, words per second, loss and time left five times a second, and the end", () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  try {
    const reports: ProgressReport[] = [];
    const state = { done: 0, total: 30_000_000, speed: 0, lossPerEpoch: [] as number[] };
    const timer = reportTraining(
      (report) => reports.push(report),
      () => state,
    );
    vi.advanceTimersByTime(200);
    expect(reports).toMatchObject([{ done: 0, note: "0.00M words/s" }]);
    Object.assign(state, { done: 1_000_000, speed: 2_500_000 });
    vi.advanceTimersByTime(200);
    expect(reports.at(-1)).toEqual({
      task: "training",
      done: 1_000_000,
      total: 30_000_000,
      unit: "words",
      note: "2.50M words/s, 12 s left",
    });
    for (const [speed, left] of [
      [100_000, "4 min 50 s left"],
      [2_000, "4 h 1 min left"],
    ] as const) {
      Object.assign(state, { speed, lossPerEpoch: [0.5, 0.25] });
      vi.advanceTimersByTime(200);
      expect(reports.at(-1)!.note).toBe(`${(speed / 1e6).toFixed(2)}M words/s, loss 0.2500, ${left}`);
    }
    const before = reports.length;
    vi.advanceTimersByTime(2000);
    expect(reports.length - before).toBe(10);
    Object.assign(state, { done: state.total });
    timer.end();
    expect(reports.at(-1)).toMatchObject({ done: 30_000_000, note: "0.00M words/s, loss 0.2500" });
    vi.advanceTimersByTime(2000);
    expect(reports.length - before).toBe(11);
  } finally {
    vi.useRealTimers();
  }
});

it("ends the training with the error that it throws, be it at the last report", async () => {
  const corpus = groupedCorpus({ groups: 60, tracksPerGroup: 50, playlists: 2500, length: 16 });
  const train = (epochs: number, isReached: (report: ProgressReport) => boolean) =>
    trainTrack2Vec(corpus, {
      ...{ minCount: 1, epochs },
      progress: (report) => {
        if (isReached(report)) throw new Error("no place to write to");
      },
    });
  await expect(train(1_000_000, ({ done }) => done > 0)).rejects.toThrow("no place to write to");
  await expect(train(1, ({ done, total }) => done === total)).rejects.toThrow("no place to write to");
});

it("grows during a training and ends at its total number of words", async () => {
  const corpus = groupedCorpus({ groups: 60, tracksPerGroup: 50, playlists: 2500, length: 16 });
  const reports: ProgressReport[] = [];
  const run = await trainTrack2Vec(corpus, {
    ...{ vectorSize: 16, minCount: 1, epochs: 12, sg: true, window: 10 },
    progress: (report) => reports.push(report),
    // Long enough for the timer, whatever the machine.
    onEpoch: () => new Promise((resolve) => setTimeout(() => resolve(undefined), 60)),
  });
  expect(reports.length).toBeGreaterThan(1);
  const done = reports.map((report) => report.done);
  expect(done).toEqual([...done].sort((a, b) => a - b));
  expect(reports.every(({ total }) => total === run.words * 12)).toBe(true);
  expect(done.at(-1)).toBe(run.words * 12);
  expect(reports[0]!.note).toBe("preparing");
  expect(reports.at(-1)!.note).toMatch(/^\d+\.\d\dM words\/s, loss \d\.\d{4}$/);
});

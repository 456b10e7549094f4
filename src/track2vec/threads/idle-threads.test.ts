import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { trainTrack2Vec } from "../training/train.js";
import { groupedCorpus } from "../training/train.testkit.js";
import { returnThread, startThreads, takeThread } from "./idle-threads.js";

describe("threads between trainings", () => {
  it("wait for the next training, for a limited time", async () => {
    const first = takeThread();
    await once(first, "online");
    returnThread(first);
    expect(takeThread()).toBe(first);
    returnThread(first, 300);
    await setTimeout(800);
    // What a thread is called once it is gone.
    expect(first.threadId).toBe(-1);
    const other = takeThread();
    expect(other).not.toBe(first);
    await other.terminate();
  });

  it("can be started in advance, exactly as many as requested", async () => {
    startThreads(2);
    startThreads(2);
    const taken = [takeThread(), takeThread()];
    await Promise.all(taken.map((worker) => once(worker, "online")));
    startThreads(1);
    taken.push(takeThread());
    expect(new Set(taken).size).toBe(3);
    await Promise.all(taken.map((worker) => worker.terminate()));
  });

  it("are returned by a training, and ended by one that fails", async () => {
    await Promise.all(Array.from({ length: 8 }, () => takeThread().terminate()));
    const corpus = groupedCorpus();
    const thread = takeThread();
    await once(thread, "online");
    returnThread(thread);
    await trainTrack2Vec(corpus, { minCount: 1, epochs: 1, threads: 1 });
    expect(takeThread()).toBe(thread);
    returnThread(thread);
    await expect(trainTrack2Vec(corpus, { minCount: 1e6, threads: 1 })).rejects.toThrow("nothing to learn");
    await vi.waitFor(() => expect(thread.threadId).toBe(-1), { timeout: 10_000 });
  });

  it("give the same results as new threads, after trainings of other kinds and shapes", async () => {
    const corpus = groupedCorpus({ groups: 60, tracksPerGroup: 50, playlists: 800, length: 14 });
    const kinds = [
      { sg: true, vectorSize: 12 },
      { hs: true, vectorSize: 7, threads: 2 },
      { sg: true, hs: true, vectorSize: 20 },
    ];
    const train = async (kind: object) =>
      (await trainTrack2Vec(corpus, { minCount: 1, epochs: 2, ...kind })).vectors.vectors;
    const before = [];
    for (const kind of kinds) before.push(await train(kind));
    for (const [n, kind] of [...kinds.entries()].reverse()) expect(await train(kind)).toEqual(before[n]);
  });

  it("are replaced after large trainings, since they keep their memory", async () => {
    await Promise.all(Array.from({ length: 8 }, () => takeThread().terminate()));
    const corpus = groupedCorpus({ groups: 60, tracksPerGroup: 50, playlists: 800, length: 14 });
    const threads = new Set<number>();
    for (let mb = 0; mb < 600; ) {
      const { kernelMb } = await trainTrack2Vec(corpus, {
        ...{ minCount: 1, epochs: 1, threads: 1, vectorSize: 300 },
      });
      mb += kernelMb;
      const waiting = takeThread();
      threads.add(waiting.threadId);
      returnThread(waiting);
    }
    expect(threads.size).toBeGreaterThan(2);
  });
});

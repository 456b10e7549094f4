import { setTimeout as wait } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { randomVectors, smallInput, testFolder } from "../../bundle/bundle.testkit.js";
import { writeBundle } from "../../bundle/index.js";
import { nearestOf } from "../../recommenders/index.js";
import { recommendRequest } from "../schemas.js";
import { openThreads } from "./threads.js";

const at = testFolder();

it("has its search index ready when it replaces another model, and soon after a start", async () => {
  const many = randomVectors(
    Array.from({ length: 100_000 }, (_, i) => `Artist ${i % 5_000}-Song number ${i}`),
    2,
  );
  const nearest = nearestOf(many, many).save();
  await writeBundle(at("many"), { catalogue: many, recommenders: { nearest }, vectors: many });
  const firstSearch = async (warmUp: number, pause = 0) => {
    const threads = await openThreads({ place: at("many"), recommender: undefined }, { warmUp });
    try {
      await wait(pause);
      const began = performance.now();
      await threads.answer({ of: "tracks", request: { q: "song 7", limit: 1 } });
      return performance.now() - began;
    } finally {
      await threads.close();
    }
  };
  const built = await firstSearch(0);
  expect(await firstSearch(1)).toBeLessThan(built / 2);
  expect(await firstSearch(0, 2_000 + 3 * built)).toBeLessThan(built / 2);
});

it("can be aborted while it opens, tells its batches, and refuses questions once it is closed", async () => {
  await writeBundle(at("small"), (await smallInput()).input);
  const bundle = { place: at("small"), recommender: "transitions" };
  const stop = new AbortController();
  const opening = openThreads(bundle, { signal: stop.signal });
  stop.abort(new Error("stopped"));
  await expect(opening).rejects.toThrow("stopped");

  const batches: number[] = [];
  const threads = await openThreads(bundle, { threads: 2, onBatch: (size) => batches.push(size) });
  expect(threads.defaultRecommender).toBe("transitions");
  const request = recommendRequest.parse({ context: ["Ártist 1-Track 1"], k: 3 });
  const ask = () => threads.answer({ of: "recommend", request });
  const [first, ...others] = await Promise.all([ask(), ask(), ask(), ask()]);
  expect(others).toEqual([first, first, first]);
  // "transitions" ranks one by one.
  expect(batches).toEqual([1, 1, 1, 1]);
  await threads.close();
  expect(threads.alive).toBe(false);
  await expect(ask()).rejects.toMatchObject({ status: 503 });
});

it("does not open if a thread that was ready ends while the others open", async () => {
  await writeBundle(at("dying"), (await smallInput()).input);
  const threads: Worker[] = [];
  const note = (thread: Worker) => {
    if (threads.push(thread) === 1) return;
    const emit = thread.emit.bind(thread);
    // The second is ready only once the first has ended.
    thread.emit = (name: string, ...given: unknown[]) => {
      if (name !== "message") return emit(name, ...given);
      void threads[0]!.terminate().then(() => emit(name, ...given));
      return true;
    };
  };
  process.on("worker", note);
  const opening = openThreads({ place: at("dying"), recommender: undefined }, { threads: 2 });
  await expect(opening).rejects.toThrow("the thread that opens the model ended: exit code 1");
  process.off("worker", note);
});

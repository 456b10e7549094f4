/** Aborting a training of several million plays while it is prepared, wherever it happens to be. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Corpus } from "../corpus/index.js";
import { trainTrack2Vec } from "./train.js";
import { trainGrid } from "./train-grid.js";
import type { TrainOptions } from "./train-options.js";
import { TrackVectors } from "./vectors.js";

const [plays, tracks, length] = [4_000_000, 250_000, 25];

/** Like real ones: few tracks are played often. */
function largeCorpus(): Corpus {
  const items = new Uint32Array(plays);
  let state = 1;
  for (let i = 0; i < plays; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    items[i] = Math.floor(tracks * (state / 2 ** 32) ** 3);
  }
  const offsets = Uint32Array.from({ length: plays / length + 1 }, (_, p) => p * length);
  return { items, offsets, tracks: Array.from({ length: tracks }, (_, t) => `Artist ${t % 977}-Track ${t}`) };
}

const corpus = largeCorpus();
const folder = await mkdtemp(join(tmpdir(), "segue-abort-"));
afterAll(() => rm(folder, { recursive: true }));

/** Milliseconds that each thread of this process stood ready and no processor was free for it (Linux). */
function withheld(): Map<string, number> {
  const threads = existsSync("/proc/self/schedstat") ? readdirSync("/proc/self/task") : [];
  return new Map(threads.map((thread) => [thread, waitedFor(thread)]));
}

/** Of a thread that has ended: 0. */
function waitedFor(thread: string): number {
  try {
    return Number(readFileSync(`/proc/self/task/${thread}/schedstat`, "utf8").split(" ")[1]) / 1e6;
  } catch {
    return 0;
  }
}

/** What was withheld from this thread (the first one of its process) and from the one of its helpers that waited longest. */
function withheldSince(before: ReadonlyMap<string, number>): number {
  const own = String(process.pid);
  const since = new Map(
    [...withheld()].map(([thread, waited]) => [thread, waited - (before.get(thread) ?? 0)]),
  );
  const helpers = [...since].filter(([thread]) => thread !== own).map(([, waited]) => waited);
  return (since.get(own) ?? 0) + Math.max(0, ...helpers);
}

/**
 * Milliseconds from when an abort was due, `delay` after the start, to the end of the training; without those in which the
 * machine did other things. They are counted from the last time before that this thread let others have their turn.
 */
async function abortAfter(delay: number, run: (signal: AbortSignal) => Promise<unknown>): Promise<number> {
  const abort = new AbortController();
  let aborted = false;
  const due = performance.now() + delay;
  let last = { time: performance.now(), withheld: withheld() };
  const turns = setInterval(() => {
    const time = performance.now();
    if (time < due) last = { time, withheld: withheld() };
  }, 5);
  const timer = setTimeout(() => {
    aborted = true;
    abort.abort(new Error("enough"));
  }, delay);
  try {
    await expect(run(abort.signal)).rejects.toThrow("enough");
  } finally {
    clearTimeout(timer);
    clearInterval(turns);
  }
  expect(aborted).toBe(true);
  return performance.now() - last.time - withheldSince(last.withheld);
}

const queries = corpus.tracks.slice(0, 5000).map((track) => ({ context: [track], next: corpus.tracks[1]! }));
const kinds: [string, TrainOptions][] = [
  ["negative sampling, deterministic, a checkpoint", { checkpoint: join(folder, "large.safetensors") }],
  ["hierarchical softmax, a validation", { hs: true, negative: 0, workers: "racy", validation: { queries } }],
  [
    "vectors to go on from",
    {
      workers: "racy",
      from: new TrackVectors({
        tracks: corpus.tracks.map((track, t) => (t % 2 ? track : `${track}!`)),
        size: 24,
        vectors: new Float32Array(tracks * 24),
      }),
    },
  ],
];

describe("an abort while a large training is prepared", () => {
  for (const [name, options] of kinds) {
    for (const [way, train] of [
      ["alone", (given: TrainOptions) => trainTrack2Vec(corpus, given)],
      ["in a grid", ({ signal, ...given }: TrainOptions) => trainGrid(corpus, [given], { signal })],
    ] as const) {
      it(`is obeyed within 100 ms: ${name}, ${way}`, async () => {
        const given = { vectorSize: 24, minCount: 1, sg: true, epochs: 50, ...options };
        for (const delay of [1, 60, 150, 300, 500, 800, 1200, 1700]) {
          const again = () => abortAfter(delay, (signal) => train({ ...given, signal }));
          let late = await again();
          // What a busy machine withheld and did not tell is not withheld twice.
          if (late >= 100) late = Math.min(late, await again());
          expect(late, `aborted after ${delay} ms`).toBeLessThan(100);
        }
      }, 120_000);
    }
  }
});

/** Aborting a training of several million plays while it is prepared, wherever it happens to be. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Corpus } from "../../corpus/index.js";
import { folderOfTests } from "../../system/files/temporary-folder.testkit.js";
import { lateness } from "../../system/time.testkit.js";
import type { TrainOptions } from "../options/train-options.js";
import { TrackVectors } from "../vectors/vectors.js";
import { trainTrack2Vec } from "./train.js";
import { trainGrid } from "./train-grid.js";

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
const folder = folderOfTests("abort");

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
      it(`takes effect within 100 ms: ${name}, ${way}`, async () => {
        const given = { vectorSize: 24, minCount: 1, sg: true, epochs: 50, ...options };
        for (const delay of [1, 60, 150, 300, 500, 800, 1200, 1700]) {
          const late = await lateness(delay, (signal) => train({ ...given, signal }));
          expect(late, `aborted after ${delay} ms`).toBeLessThan(100);
        }
      }, 120_000);
    }
  }
});

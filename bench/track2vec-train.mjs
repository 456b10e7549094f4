/**
 * Training beside gensim: words a second and hit ratio@100 (base protocol, every fifth playlist held out), the same options on
 * both sides, two threads each, one after the other in one run. Also how far the kernel is from the machine's peak of
 * multiply-adds, and what the second thread brings.
 *
 *   node bench/track2vec-train.mjs [FILE] [--epochs 30] [--seeds 1] [--sg 1|0] [--quality] [--scaling]
 *
 * --quality: two threads alone, and whether our hit ratios lie within gensim's spread or above. --scaling: no gensim; how the time
 * grows with words and dimensions.
 *
 * FILE: playlists as CSV or JSON lines (default: playlists.csv.gz in the shared data). Needs `npm run build` first.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readPlaylists } from "../dist/cli/read-playlists.js";
import { CorpusBuilder } from "../dist/corpus/index.js";
import { hitRatio, trainTrack2Vec } from "../dist/track2vec/index.js";
import { multiplyAddPeak } from "./multiply-add-peak.mjs";
import { findGensim, realPlaylists, runJson } from "./support.mjs";
import { benchScaling } from "./track2vec-scaling.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    epochs: { type: "string" },
    seeds: { type: "string", default: "1" },
    sg: { type: "string" },
    quality: { type: "boolean" },
    scaling: { type: "boolean" },
  },
});
const epochs = Number(values.epochs ?? (values.scaling ? 7 : 30));
const architectures = values.sg === undefined ? [1, 0] : [Number(values.sg)];
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const python = values.scaling ? undefined : findGensim();
if (!python && !values.scaling)
  console.log("gensim is not installed (Debian: apt-get install python3-gensim): Segue's side alone");

const corpus = await readPlaylists([positionals[0] ?? realPlaylists()], {});
if (values.scaling) {
  for (const sg of architectures) await benchScaling(corpus, { sg: sg === 1, epochs });
  process.exit();
}
const train = new CorpusBuilder();
const lines = [];
const queries = [];
for (let p = 0; p + 1 < corpus.offsets.length; p++) {
  const tracks = Array.from(
    corpus.items.subarray(corpus.offsets[p], corpus.offsets[p + 1]),
    (item) => corpus.tracks[item],
  );
  if (p % 5 !== 0) {
    train.add({ id: `${p}`, tracks });
    lines.push(JSON.stringify({ tracks }));
  } else if (tracks.length > 1) queries.push({ context: tracks.slice(0, -1), next: tracks.at(-1) });
}
const part = train.build();
// What a process compiles once is not a training's: neither side of "one thread to two" shall pay for it alone.
await trainTrack2Vec(part, { sg: true, minCount: 3, epochs: 1 });
const mean = (list) => list.reduce((sum, x) => sum + x, 0) / list.length;
const millions = (x) => `${(x / 1e6).toFixed(2)}M`.padStart(8);
const peak = await multiplyAddPeak(1);
const peak2 = await multiplyAddPeak(2);
console.log(
  `${part.items.length} plays, ${epochs} epochs, ${seeds.length} seeds; peak ${(peak / 1e9).toFixed(1)} G multiply-adds/s on one thread, ${(peak2 / 1e9).toFixed(1)} G on two (${(peak2 / peak).toFixed(2)} times)`,
);

const folder = await mkdtemp(join(tmpdir(), "segue-bench-"));
try {
  const files = [join(folder, "train.jsonl"), join(folder, "queries.jsonl")];
  await writeFile(files[0], `${lines.join("\n")}\n`);
  await writeFile(files[1], `${queries.map((query) => JSON.stringify(query)).join("\n")}\n`);
  for (const sg of architectures) {
    const runs = new Map();
    const note = (name, run) => runs.set(name, [...(runs.get(name) ?? []), run]);
    for (const seed of seeds) {
      if (python) {
        const args = ["bench/peers/gensim_word2vec.py", ...files, sg, epochs, 2, seed].map(String);
        const { words_per_second: speed, hit_ratio: ratio } = runJson(python, args);
        note("gensim, 2 threads", { speed, ratio });
      }
      for (const workers of ["racy", "deterministic"]) {
        for (const threads of values.quality ? [2] : [2, 1]) {
          const run = await trainTrack2Vec(part, {
            sg: sg === 1,
            vectorSize: 48,
            window: 10,
            minCount: 3,
            epochs,
            seed,
            threads,
            workers,
          });
          const macs = (sg ? 3 * 48 * (run.pairs + run.negativeProducts) : 0) / run.seconds;
          const ratio = hitRatio(run.vectors, { queries, k: 100 });
          const name = `${workers}, ${threads} thread${threads > 1 ? "s" : ""}`;
          note(name, { speed: run.wordsPerSecond, ratio, share: macs / (threads === 2 ? peak2 : peak) });
        }
      }
    }
    console.log(sg ? "\nskip-gram" : "\nCBOW");
    const speedOf = (name) => mean(runs.get(name).map((run) => run.speed));
    for (const [name, list] of runs) {
      const times = python ? `${(speedOf(name) / speedOf("gensim, 2 threads")).toFixed(2)}×`.padStart(8) : "";
      const ratios = list.map((run) => run.ratio);
      const spread = `${Math.min(...ratios).toFixed(4)} … ${Math.max(...ratios).toFixed(4)}`;
      const share = list[0].share
        ? `  ${(100 * mean(list.map((run) => run.share))).toFixed(0)} % of peak`
        : "";
      console.log(
        `${name.padEnd(26)}${millions(speedOf(name))} words/s${times}  hit ratio ${mean(ratios).toFixed(4)} (${spread})${share}`,
      );
    }
    const bar = (text, value, least, digits = 2) =>
      console.log(
        `${value >= least ? "met   " : "MISSED"} ${text}: ${value.toFixed(digits)} (bar ${least.toFixed(digits)})`,
      );
    if (python && values.quality) {
      const least = Math.min(...runs.get("gensim, 2 threads").map((run) => run.ratio));
      for (const workers of ["racy", "deterministic"]) {
        const ratio = mean(runs.get(`${workers}, 2 threads`).map((run) => run.ratio));
        bar(`${workers}, mean hit ratio, beside gensim's lowest`, ratio, least, 4);
      }
    }
    if (values.quality) continue;
    if (python) {
      // No bar is set for deterministic CBOW: its line in the table is all there is to say.
      const bars = sg ? { racy: 14, deterministic: 8 } : { racy: 4 };
      for (const [workers, least] of Object.entries(bars)) {
        const times = speedOf(`${workers}, 2 threads`) / speedOf("gensim, 2 threads");
        bar(`${workers}, times gensim's words a second`, times, least);
      }
    }
    if (sg)
      bar("share of peak, racy, 2 threads", mean(runs.get("racy, 2 threads").map((run) => run.share)), 0.5);
    for (const workers of ["racy", "deterministic"]) {
      const gain = speedOf(`${workers}, 2 threads`) / speedOf(`${workers}, 1 thread`);
      bar(`${workers}, one thread to two`, gain, 1.85);
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

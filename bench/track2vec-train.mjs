/**
 * Training compared with gensim: words per second and hit ratio@100 (base protocol, every fifth playlist held out), with the same options
 * and two threads on both sides, one after the other in one run. Also measures the kernel's share of the machine's peak of multiply-adds,
 * and the gain by a second thread, compared with its gain in loops that only multiply and add or only load distant rows.
 *
 *   node bench/track2vec-train.mjs [FILE] [--epochs 30] [--seeds 1] [--repeats 3] [--sg 1|0] [--quality] [--scaling]
 *
 * --repeats: how often Segue's trainings are timed; the median counts. One thread and two take turns, and the gain by the second thread is
 * the median of the repeats, too.
 * --quality: only two threads, and whether our hit ratios are within gensim's spread or above. --scaling: no gensim; how the time grows
 * with words and dimensions.
 *
 * FILE: playlists as CSV or JSON lines (default: playlists.csv.gz in the shared data). Needs `npm run build` first.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPlaylists } from "../dist/cli/playlists/read-playlists.js";
import { CorpusBuilder } from "../dist/corpus/index.js";
import { hitRatio, trainTrack2Vec } from "../dist/track2vec/index.js";
import { farRows } from "./far-rows.mjs";
import { handover } from "./handover.mjs";
import { multiplyAddPeak } from "./multiply-add-peak.mjs";
import {
  findGensimOrTell,
  parseArguments,
  realPlaylists,
  trainGensim,
  withFewTracks,
  writeJsonLines,
} from "./support.mjs";
import { benchScaling } from "./track2vec-scaling.mjs";

const { values, positionals } = parseArguments({
  allowPositionals: true,
  options: {
    epochs: { type: "string" },
    seeds: { type: "string", default: "1" },
    repeats: { type: "string", default: "3" },
    sg: { type: "string" },
    quality: { type: "boolean" },
    scaling: { type: "boolean" },
  },
});
const epochs = Number(values.epochs ?? (values.scaling ? 7 : 30));
const architectures = values.sg === undefined ? [1, 0] : [Number(values.sg)];
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const python = values.scaling ? undefined : findGensimOrTell();

const corpus = await readPlaylists([positionals[0] ?? realPlaylists()], {});
if (values.scaling) {
  for (const sg of architectures) await benchScaling(corpus, { sg: sg === 1, epochs });
  process.exit();
}
const train = new CorpusBuilder();
const playlists = [];
const queries = [];
for (let p = 0; p + 1 < corpus.offsets.length; p++) {
  const tracks = Array.from(
    corpus.items.subarray(corpus.offsets[p], corpus.offsets[p + 1]),
    (item) => corpus.tracks[item],
  );
  if (p % 5 !== 0) {
    train.add({ id: `${p}`, tracks });
    playlists.push({ tracks });
  } else if (tracks.length > 1) queries.push({ context: tracks.slice(0, -1), next: tracks.at(-1) });
}
const part = train.build();
// Warm-up: compiling, once per process, must not count for either side of "one thread to two".
await trainTrack2Vec(part, { sg: true, minCount: 3, epochs: 1 });
const mean = (list) => list.reduce((sum, x) => sum + x, 0) / list.length;
const millions = (x) => `${(x / 1e6).toFixed(2)}M`.padStart(8);
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const giga = (x) => (x / 1e9).toFixed(1);
/** The machine's multiply-add rates, by number of threads. */
const peaks = { 1: [], 2: [] };
/** Returns how many times as many multiply-adds two threads make as one. */
async function measureMachine() {
  for (const threads of [1, 2]) peaks[threads].push(await multiplyAddPeak(threads));
  return peaks[2].at(-1).mean / peaks[1].at(-1).mean;
}
const bestPeak = (threads) => Math.max(...peaks[threads].map(({ best }) => best));
const meanPeak = (threads) => mean(peaks[threads].map((peak) => peak.mean));
console.log(`${part.items.length} plays, ${epochs} epochs, ${seeds.length} seeds`);

const percent = (x) => `${(100 * x).toFixed(0)} %`;
const nameOf = (workers, threads) => `${workers}, ${threads} thread${threads > 1 ? "s" : ""}`;
async function measured(sg, seed, workers, threads, playlists = part) {
  const given = { sg: sg === 1, vectorSize: 48, window: 10, minCount: 3, epochs, seed, threads, workers };
  const run = await trainTrack2Vec(playlists, given);
  // For skip-gram: three rows of multiply-adds per pair and per product of an input with a negative.
  const macs = sg ? (3 * 48 * (run.pairs + run.negativeProducts)) / run.seconds : 0;
  return { speed: run.wordsPerSecond, threads, macs, vectors: run.vectors };
}

const folder = await mkdtemp(join(tmpdir(), "segue-bench-"));
try {
  const files = [join(folder, "train.jsonl"), join(folder, "queries.jsonl")];
  writeJsonLines(files[0], playlists);
  writeJsonLines(files[1], queries);
  for (const sg of architectures) {
    const runs = new Map();
    const note = (name, run) => runs.set(name, [...(runs.get(name) ?? []), run]);
    for (const seed of seeds) {
      if (python) note("gensim, 2 threads", trainGensim(python, files, { sg, epochs, seed }));
      for (const workers of ["racy", "deterministic"]) {
        const run = await measured(sg, seed, workers, 2);
        note(nameOf(workers, 2), { ...run, ratio: hitRatio(run.vectors, { queries, k: 100 }) });
      }
    }
    const pairs = [];
    for (let repeat = 0; !values.quality && repeat < Number(values.repeats); repeat++) {
      const own = await measureMachine();
      const pair = { own, handover: await handover() };
      for (const workers of ["racy", "deterministic"]) {
        const one = await measured(sg, seeds[0], workers, 1);
        const two = await measured(sg, seeds[0], workers, 2);
        note(nameOf(workers, 1), one);
        note(nameOf(workers, 2), two);
        pair[workers] = two.speed / one.speed;
      }
      // Measured before and after, to notice other load in between.
      pair.own = Math.min(own, await measureMachine());
      pairs.push(pair);
    }
    console.log(sg ? "\nskip-gram" : "\nCBOW");
    const speedOf = (name) => median(runs.get(name).map((run) => run.speed));
    const macsPerSecond = (name) => median(runs.get(name).map((run) => run.macs));
    for (const [name, list] of runs) {
      const times = python ? `${(speedOf(name) / speedOf("gensim, 2 threads")).toFixed(2)}×`.padStart(8) : "";
      const ratios = list.map((run) => run.ratio).filter((ratio) => ratio !== undefined);
      const spread = `${Math.min(...ratios).toFixed(4)} … ${Math.max(...ratios).toFixed(4)}`;
      const quality = ratios.length > 0 ? `  hit ratio ${mean(ratios).toFixed(4)} (${spread})` : "";
      const { threads } = list[0];
      const share =
        threads && sg && !values.quality
          ? `  ${percent(macsPerSecond(name) / bestPeak(threads))} of peak (${percent(macsPerSecond(name) / meanPeak(threads))} of its mean)`
          : "";
      console.log(`${name.padEnd(26)}${millions(speedOf(name))} words/s${times}${quality}${share}`);
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
      // There is no bar for deterministic CBOW.
      const bars = sg ? { racy: 14, deterministic: 8 } : { racy: 4 };
      for (const [workers, least] of Object.entries(bars)) {
        const times = speedOf(`${workers}, 2 threads`) / speedOf("gensim, 2 threads");
        bar(`${workers}, times gensim's words a second`, times, least);
      }
    }
    console.log(
      `the machine: ${giga(bestPeak(1))} G multiply-adds/s on one thread, ${giga(bestPeak(2))} on two; in the mean ${giga(meanPeak(1))} and ${giga(meanPeak(2))}`,
    );
    const [rows, rows2] = [await farRows(1, 9), await farRows(2, 9)];
    console.log(
      `rows from far memory: ${(1e9 / rows.mean).toFixed(0)} ns each on one thread, ${(rows2.mean / rows.mean).toFixed(2)} times as many on two`,
    );
    const list = (kind) => pairs.map((pair) => pair[kind].toFixed(2)).join(", ");
    console.log(
      `one thread to two, by repeats: racy ${list("racy")}; deterministic ${list("deterministic")}; the machine's multiply-adds ${list("own")}`,
    );
    const handovers = pairs.map((pair) => pair.handover.toFixed(0)).join(", ");
    console.log(`nanoseconds to hand a cache line from core to core, by repeats: ${handovers}`);
    if (sg) {
      const near = await measured(sg, seeds[0], "racy", 2, withFewTracks(part, 3, 1100));
      console.log(
        `racy, 2 threads, 1,100 tracks whose matrices fit into the second-level cache: ${percent(near.macs / bestPeak(2))} of peak`,
      );
      bar("share of peak, racy, 2 threads", macsPerSecond("racy, 2 threads") / bestPeak(2), 0.5);
    }
    // There is no bar for deterministic CBOW, whose threads mostly wait for rows changed by the other.
    for (const workers of sg ? ["racy", "deterministic"] : ["racy"]) {
      bar(`${workers}, one thread to two`, median(pairs.map((pair) => pair[workers])), 1.85);
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

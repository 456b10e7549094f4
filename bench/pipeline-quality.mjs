/**
 * Claim: skip-gram hits as many next tracks of the validation part as gensim's, on the same split that the flows make.
 *
 *   node bench/pipeline-quality.mjs [playlists.csv.gz] [--seeds 5] [--epochs 30] [--sg 1|0] [--part validation|test|both]
 *     [--results FILE]
 *
 * The file is cleaned and split as by `segue run` (split seed 42). Both sides train on the train part with the grid's options and each seed
 * from 1 on, and answer each playlist of the validation part (or of --part) by the base protocol: the 100 tracks nearest to the last known
 * one; a query outside the vocabulary is a miss here, on both sides. Also prints how many rows were read and rejected.
 * --results: seeds in FILE are not run again, others are added to it, so that a long run can be split into several.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { queriesOf, readCorpusFile } from "../dist/corpus/index.js";
import { cleanPlaylists, prepareDataset } from "../dist/playlists/index.js";
import { hitRatio, trainTrack2Vec } from "../dist/track2vec/index.js";
import { findGensimOrTell, parseArguments, realPlaylists, trainGensim, writeJsonLines } from "./support.mjs";

const { values, positionals } = parseArguments({
  allowPositionals: true,
  options: {
    seeds: { type: "string", default: "5" },
    epochs: { type: "string", default: "30" },
    sg: { type: "string", default: "1" },
    part: { type: "string", default: "validation" },
    results: { type: "string" },
  },
});
const input = positionals[0] ?? realPlaylists();
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const epochs = Number(values.epochs);
const asked = values.part === "both" ? ["validation", "test"] : [values.part];
if (!asked.every((part) => part === "validation" || part === "test"))
  throw new Error(`--part must be validation, test or both, not ${values.part}`);
const python = findGensimOrTell();

const folder = mkdtempSync(join(tmpdir(), "segue-bench-"));
try {
  const master = join(folder, "master.parquet");
  const cleaned = await cleanPlaylists({ inputs: [input], output: master, rejects: join(folder, "r.jsonl") });
  console.log(`${cleaned.rows} rows read, ${cleaned.accepted} accepted, ${cleaned.rejected} rejected`);
  const { corpora, parts } = await prepareDataset({ master, outputFolder: folder });
  const train = await readCorpusFile(corpora.train);
  const queries = (await Promise.all(asked.map((part) => readCorpusFile(corpora[part])))).flatMap(queriesOf);
  console.log(
    `${parts.train.playlists} playlists to train on, ${queries.length} to ask (${values.part}); ${epochs} epochs`,
  );
  const files = [join(folder, "train.jsonl"), join(folder, "queries.jsonl")];
  writeJsonLines(files[0], sequencesOf(train));
  writeJsonLines(files[1], queries);

  const found = { gensim: [], segue: [] };
  const key = (seed) => JSON.stringify({ input, sg: values.sg, epochs, seed, part: values.part });
  const known = values.results && existsSync(values.results) ? JSON.parse(readFileSync(values.results)) : {};
  for (const seed of seeds) {
    const before = known[key(seed)];
    if (before !== undefined) {
      found.segue.push(before.segue);
      if (before.gensim !== undefined) found.gensim.push(before.gensim);
      tell(seed, before);
      continue;
    }
    const { vectors } = await trainTrack2Vec(train, {
      sg: values.sg === "1",
      vectorSize: 48,
      window: 10,
      minCount: 3,
      epochs,
      seed,
      threads: 2,
    });
    found.segue.push(hitRatio(vectors, { queries, k: 100 }));
    if (python !== undefined) {
      found.gensim.push(trainGensim(python, files, { sg: values.sg, epochs, seed }).ratio);
    }
    known[key(seed)] = { segue: found.segue.at(-1), gensim: found.gensim.at(-1) };
    if (values.results) writeFileSync(values.results, JSON.stringify(known));
    tell(seed, known[key(seed)]);
  }
  const summaries = Object.entries(found).filter(([, ratios]) => ratios.length > 0);
  for (const [name, ratios] of summaries) {
    const { mean, deviation } = momentsOf(ratios);
    const spread = `${Math.min(...ratios).toFixed(4)} … ${Math.max(...ratios).toFixed(4)}`;
    console.log(
      `${name.padEnd(6)} mean ${mean.toFixed(4)}, standard deviation ${deviation.toFixed(4)} (${spread})`,
    );
  }
  if (found.gensim.length > 1) {
    const [ours, theirs] = [momentsOf(found.segue), momentsOf(found.gensim)];
    // Twice the standard error of a difference of two means over the seeds.
    const noise = 2 * Math.sqrt((ours.deviation ** 2 + theirs.deviation ** 2) / seeds.length);
    const difference = ours.mean - theirs.mean;
    console.log(
      `${difference >= -noise ? "met   " : "MISSED"} segue less gensim ${difference.toFixed(4)}, noise ±${noise.toFixed(4)}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function tell(seed, { segue, gensim }) {
  console.log(
    `seed ${seed}  segue ${segue.toFixed(4)}${gensim === undefined ? "" : `  gensim ${gensim.toFixed(4)}`}`,
  );
}

function sequencesOf(corpus) {
  const { offsets, items, tracks } = corpus;
  return Array.from({ length: offsets.length - 1 }, (_, p) => ({
    tracks: Array.from(items.subarray(offsets[p], offsets[p + 1]), (item) => tracks[item]),
  }));
}

function momentsOf(list) {
  const mean = list.reduce((sum, x) => sum + x, 0) / list.length;
  const variance = list.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, list.length - 1);
  return { mean, deviation: Math.sqrt(variance) };
}

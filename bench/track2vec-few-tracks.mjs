/**
 * Hit ratios with a small vocabulary, compared with gensim's: only the N most played tracks of the real playlists, skip-gram, 48 dimensions,
 * window 10, min_count 3. Every fifth playlist is held out, and each of its positions is a query: a hit is a next track among the 100
 * nearest to the previous one.
 *
 *   node bench/track2vec-few-tracks.mjs [FILE] [--tracks 1100,3000,6000] [--epochs 30] [--seeds 2]
 *
 * Needs `npm run build` first, and gensim (Debian: python3-gensim) for the comparison.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPlaylists } from "../dist/cli/playlists/read-playlists.js";
import { CorpusBuilder } from "../dist/corpus/index.js";
import { hitRatio, trainTrack2Vec } from "../dist/track2vec/index.js";
import { findGensimOrTell, parseArguments, realPlaylists, trainGensim, writeJsonLines } from "./support.mjs";

const { values, positionals } = parseArguments({
  allowPositionals: true,
  options: {
    tracks: { type: "string", default: "1100,3000,6000" },
    epochs: { type: "string", default: "30" },
    seeds: { type: "string", default: "2" },
  },
});
const epochs = Number(values.epochs);
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const python = findGensimOrTell();
const corpus = await readPlaylists([positionals[0] ?? realPlaylists()], {});
const counts = new Uint32Array(corpus.tracks.length);
for (const track of corpus.items) counts[track]++;
const byCount = [...counts.keys()].sort((a, b) => counts[b] - counts[a] || a - b);

/** Reduces playlists to the most played tracks: those to train on, and the queries of the others. */
function withMostPlayed(most) {
  const kept = new Set(byCount.slice(0, most));
  const train = new CorpusBuilder();
  const playlists = [];
  const queries = [];
  for (let p = 0; p + 1 < corpus.offsets.length; p++) {
    const tracks = [...corpus.items.subarray(corpus.offsets[p], corpus.offsets[p + 1])]
      .filter((track) => kept.has(track))
      .map((track) => corpus.tracks[track]);
    if (tracks.length < 2) continue;
    if (p % 5 !== 0) {
      train.add({ id: `${p}`, tracks });
      playlists.push({ tracks });
    } else {
      for (let at = 1; at < tracks.length; at++) {
        queries.push({ context: [tracks[at - 1]], next: tracks[at] });
      }
    }
  }
  return { train: train.build(), playlists, queries };
}

const folder = await mkdtemp(join(tmpdir(), "segue-bench-"));
try {
  const files = [join(folder, "train.jsonl"), join(folder, "queries.jsonl")];
  const mean = (list) => (list.reduce((sum, x) => sum + x, 0) / list.length).toFixed(4);
  for (const most of values.tracks.split(",").map(Number)) {
    const { train, playlists, queries } = withMostPlayed(most);
    writeJsonLines(files[0], playlists);
    writeJsonLines(files[1], queries);
    const ratios = { gensim: [], racy: [], deterministic: [] };
    for (const seed of seeds) {
      if (python) ratios.gensim.push(trainGensim(python, files, { sg: 1, epochs, seed }).ratio);
      for (const workers of ["racy", "deterministic"]) {
        const given = {
          sg: true,
          vectorSize: 48,
          window: 10,
          minCount: 3,
          epochs,
          seed,
          threads: 2,
          workers,
        };
        ratios[workers].push(hitRatio((await trainTrack2Vec(train, given)).vectors, { queries, k: 100 }));
      }
    }
    const shown = Object.entries(ratios).filter(([, list]) => list.length > 0);
    console.log(
      `${most} tracks, ${queries.length} queries: ${shown.map(([name, list]) => `${name} ${mean(list)}`).join(", ")}`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

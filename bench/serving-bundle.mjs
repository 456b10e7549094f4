/**
 * Makes the bundle for serving-load.mjs: cleans and prepares playlists, and fits recommenders on all of them.
 *
 *   node scripts/build.mjs --no-web
 *   node bench/serving-bundle.mjs OUTPUT [INPUT] [--recommenders track2vec,popularity]
 *
 * INPUT defaults to the real playlists; OUTPUT/bundle is the bundle and OUTPUT/contexts.jsonl the playlists to cut contexts from.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { writeBundle } from "../dist/bundle/index.js";
import { cleanPlaylists, prepareDataset, readCorpus } from "../dist/playlists/index.js";
import { fitRecommender } from "../dist/recommenders/index.js";
import { parseArguments, realPlaylists } from "./support.mjs";

const { values, positionals } = parseArguments({
  allowPositionals: true,
  options: { recommenders: { type: "string", default: "track2vec,popularity" } },
});
if (positionals[0] === undefined) {
  console.error("usage: node bench/serving-bundle.mjs OUTPUT [INPUT] [--recommenders track2vec,popularity]");
  process.exit(2);
}
const output = resolve(positionals[0]);
const input = positionals[1] ?? realPlaylists();
mkdirSync(output, { recursive: true });
const master = join(output, "master.parquet");
await cleanPlaylists({ inputs: [input], output: master, rejects: join(output, "rejects.jsonl") });
await prepareDataset({ master, outputFolder: output });
const corpus = await readCorpus(join(output, "model_input_full.parquet"));
/** Short trainings: they do not change the cost of an answer. */
const cheaply = {
  blend: { queries: 1000, folds: 1 },
  nearest: { epochs: 5 },
  track2vec: { epochs: 5 },
};
const states = {};
for (const name of values.recommenders.split(",")) {
  const started = performance.now();
  states[name] = (await fitRecommender(name, corpus, cheaply[name] ?? {})).save();
  console.log(`${name} fitted in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
const catalogue = { tracks: corpus.tracks, artists: corpus.artists };
const manifest = await writeBundle(join(output, "bundle"), { catalogue, recommenders: states });
const lines = [];
for (let p = 0; p + 1 < corpus.offsets.length; p++) {
  const items = corpus.items.subarray(corpus.offsets[p], corpus.offsets[p + 1]);
  lines.push(
    JSON.stringify({
      playlist_id: corpus.playlistIds[p],
      tracks: Array.from(items, (item) => corpus.tracks[item]),
    }),
  );
}
writeFileSync(join(output, "contexts.jsonl"), `${lines.join("\n")}\n`);
console.log(`${manifest.tracks} tracks, ${lines.length} playlists`);

/**
 * Claim: Segue measures like the literature. POP and Item-KNN on #nowplaying come within 2 points of the published table.
 *
 *   node scripts/build.mjs --no-web && node bench/conformance.mjs [nowplaying-sessions.jsonl.gz] [--all]
 *
 * The published figures are of the benchmark's own test part, which is not available here. The protocol is the same: sessions in time
 * order; the last ones (the same share, 9.8 % of the queries) are the test; tracks unknown to training are dropped from them; every
 * prefix of a session is a query. --all adds every other recommender, for comparison with the networks of the table.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CorpusBuilder, playlistCount, readSequences } from "../dist/corpus/index.js";
import { bootstrapMeans, evaluateRecommender, questionsOf, trainingFacts } from "../dist/evaluation/index.js";
import { fitRecommender, recommenderKinds } from "../dist/recommenders/index.js";
import { parseArguments, sharedData } from "./support.mjs";

const { values, positionals } = parseArguments({
  allowPositionals: true,
  options: { all: { type: "boolean" } },
});
const input = positionals[0] ?? join(sharedData, "nowplaying-sessions.jsonl.gz");
if (!existsSync(input)) {
  console.error(
    `no ${input}: give the sessions of #nowplaying as the first argument, or set SEGUE_SHARED_DATA`,
  );
  process.exit(2);
}

/** P@20 and MRR@20 in %, from Xia et al. 2021 (S²-DHCN, arXiv 2012.06852) and the papers cited there. */
const published = [
  ["POP", 2.28, 0.86],
  ["FPMC", 7.36, 2.82],
  ["GRU4Rec", 7.92, 4.48],
  ["Item-KNN", 15.94, 4.91],
  ["STAMP", 17.66, 6.88],
  ["CSRM", 18.14, 6.42],
  ["NARM", 18.59, 6.93],
  ["FGNN", 18.78, 7.15],
  ["SR-GNN", 18.87, 7.47],
  ["GCE-GNN", 22.37, 8.4],
  ["DHCN", 23.03, 8.18],
  ["S²-DHCN", 23.5, 8.18],
];
/** Our settings that correspond to a published method. */
const ours = [
  ["POP", "popularity", { repeats: 1 }],
  // GRU4Rec's baseline: the last track alone, cosine with a regularisation of 20.
  ["Item-KNN", "item-to-item", { last: 1, damping: 20, selfVote: 0, repeats: 1 }],
];
/** Queries of the published test part and of the training part: the size of the tail. */
const tail = 89_824 / (89_824 + 825_304);

const corpus = await readSequences(input);
const sessions = playlistCount(corpus);
const cut = Math.floor(sessions * (1 - tail));
const tracksOf = (p) =>
  Array.from(corpus.items.subarray(corpus.offsets[p], corpus.offsets[p + 1]), (item) => corpus.tracks[item]);
const builder = new CorpusBuilder();
for (let p = 0; p < cut; p++) builder.add({ id: corpus.playlistIds[p], tracks: tracksOf(p) });
const training = builder.build();
const known = new Set(training.tracks);
const test = new CorpusBuilder();
for (let p = cut; p < sessions; p++) {
  const tracks = tracksOf(p).filter((track) => known.has(track));
  if (tracks.length > 1) test.add({ id: corpus.playlistIds[p], tracks });
}
const questions = questionsOf(test.build(), { positions: "every" });
const facts = trainingFacts(training);
const count = (n) => n.toLocaleString("en");
console.log(
  `${count(cut)} sessions to train on, ${count(questions.length)} queries from the ${count(sessions - cut)} after them\n`,
);
console.log("                        P@20            MRR@20    published P@20 / MRR@20   within 2 points");

let failed = false;
async function measure(label, kind, settings, reference) {
  const recommender = await fitRecommender(kind, training, settings, { seed: 1 });
  const { at, outcomes } = await evaluateRecommender(recommender, questions, { ks: [20], facts });
  const [hits] = bootstrapMeans([outcomes.values("hitRatio", 20)], { playlists: outcomes.playlists });
  const percent = (share) => (100 * share).toFixed(2).padStart(6);
  const half = ((100 * (hits.high - hits.low)) / 2).toFixed(2);
  let line = `${label.padEnd(20)} ${percent(hits.mean)} ± ${half} ${percent(at[0].mrr).padStart(14)}`;
  if (reference) {
    const [, p, mrr] = reference;
    const within = Math.abs(100 * hits.mean - p) <= 2 && Math.abs(100 * at[0].mrr - mrr) <= 2;
    failed ||= !within;
    line += `${`${p} / ${mrr}`.padStart(22)} ${within ? "yes" : "NO"}`.padEnd(30);
  }
  console.log(line);
}

for (const [name, kind, settings] of ours) {
  await measure(
    name,
    kind,
    settings,
    published.find(([method]) => method === name),
  );
}
if (values.all) {
  console.log("\nevery recommender with its defaults:");
  for (const kind of Object.keys(recommenderKinds)) await measure(kind, kind, {});
  console.log(`\npublished: ${published.map(([name, p, mrr]) => `${name} ${p}/${mrr}`).join(", ")}`);
}
process.exit(failed ? 1 : 0);

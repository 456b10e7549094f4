/**
 * The skip-gram kernel alone: chunks run one after the other on this thread, and each chunk's best time of a few epochs is summed, which
 * excludes start-up, waiting and other load. Prints the share of the machine's peak of multiply-adds (counted as in track2vec-train.mjs),
 * for the real playlists and for the same with 1,100 tracks, whose matrices fit into a core's L2 cache: the difference is the cost
 * of memory.
 *
 *   node bench/track2vec-kernel.mjs [FILE] [--epochs 6] [--sg 1|0]
 *
 * Needs `npm run build` first.
 */
import { readPlaylists } from "../dist/cli/playlists/read-playlists.js";
import { atOnce } from "../dist/system/index.js";
import { Session } from "../dist/track2vec/kernel/session.js";
import { resolveOptions } from "../dist/track2vec/options/options.js";
import { Work } from "../dist/track2vec/threads/work.js";
import { vocabularySteps } from "../dist/track2vec/vocabulary/vocabulary.js";
import { multiplyAddPeak } from "./multiply-add-peak.mjs";
import { parseArguments, realPlaylists, withFewTracks } from "./support.mjs";

const { values, positionals } = parseArguments({
  allowPositionals: true,
  options: { epochs: { type: "string", default: "6" }, sg: { type: "string", default: "1" } },
});
const epochs = Number(values.epochs);
const corpus = await readPlaylists([positionals[0] ?? realPlaylists()], {});
const peaks = [(await multiplyAddPeak(1)).best];
const lines = [];
for (const [name, playlists] of [
  ["the file", corpus],
  ["1,100 tracks", withFewTracks(corpus, 3, 1100)],
]) {
  const given = { sg: values.sg === "1", vectorSize: 48, window: 10, minCount: 3, epochs: epochs + 1 };
  const options = resolveOptions({ ...given, threads: 1, workers: "racy" });
  const vocabulary = atOnce(vocabularySteps(playlists, options));
  const session = await Session.open(playlists, vocabulary, options, { firstEpoch: 0, shared: true });
  const work = new Work(session.job, 0);
  const best = new Float64Array(session.job.chunkCount).fill(Number.POSITIVE_INFINITY);
  let multiplyAdds = 0;
  // The first epoch also compiles the kernel and touches the matrices for the first time.
  for (let epoch = 0; epoch <= epochs; epoch++) {
    for (let chunk = 0; chunk < session.job.chunkCount; chunk++) {
      const began = performance.now();
      work.kernel.runChunk(epoch, chunk);
      if (epoch > 0) best[chunk] = Math.min(best[chunk], performance.now() - began);
    }
    const { pairs, negativeProducts } = work.totals(epoch);
    if (epoch > 0) multiplyAdds += (3 * 48 * (pairs + negativeProducts)) / epochs;
  }
  const seconds = best.reduce((sum, time) => sum + time, 0) / 1000;
  lines.push({ name, seconds, words: session.job.words, rate: multiplyAdds / seconds });
  peaks.push((await multiplyAddPeak(1)).best);
}
const peak = Math.max(...peaks);
console.log(`peak ${(peak / 1e9).toFixed(1)} G multiply-adds/s on one thread`);
for (const { name, seconds, words, rate } of lines) {
  const share =
    values.sg === "1"
      ? `, ${(rate / 1e9).toFixed(1)} G multiply-adds/s: ${((100 * rate) / peak).toFixed(1)} % of peak`
      : "";
  console.log(
    `${name.padEnd(14)}${(1000 * seconds).toFixed(1)} ms an epoch, ${(words / seconds / 1e6).toFixed(2)}M words/s${share}`,
  );
}

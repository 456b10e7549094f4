/**
 * How training time grows with the words of the corpus (half of it, all, twice, four times) and with the dimensions. Prints the time of the
 * fastest epoch on one thread (to exclude other load), the best-fitting line, and how far the times are from it.
 *
 *   node bench/track2vec-train.mjs --scaling [FILE] [--sg 1|0] [--epochs 7]
 */
import { CorpusBuilder } from "../dist/corpus/index.js";
import { trainTrack2Vec } from "../dist/track2vec/index.js";

const shares = [0.5, 1, 2, 4];
const sizes = [24, 48, 96, 192];

export async function benchScaling(corpus, { sg, epochs }) {
  const options = { sg, window: 10, epochs, threads: 1, workers: "racy" };
  console.log(`${sg ? "skip-gram" : "CBOW"}, one thread, racy, fastest of ${epochs - 1} epochs`);
  const byWords = [];
  for (const share of shares) {
    const part = multiplied(corpus, share);
    // Keeps the vocabulary the same if the file is repeated.
    const run = await timed(part, { ...options, vectorSize: 48, minCount: Math.max(3, 3 * share) });
    byWords.push({ label: `${share}× the file`, x: run.known, ...run });
  }
  print("words in the vocabulary", byWords);
  const bySize = [];
  for (const vectorSize of sizes) {
    const run = await timed(corpus, { ...options, vectorSize, minCount: 3 });
    bySize.push({ label: `${vectorSize} dimensions`, x: vectorSize, ...run });
  }
  print("dimensions", bySize);
}

/** The first playlists, or all of them several times. */
function multiplied(corpus, share) {
  const builder = new CorpusBuilder();
  const playlists = corpus.offsets.length - 1;
  const count = Math.round(playlists * share);
  for (let n = 0; n < count; n++) {
    const p = n % playlists;
    const items = corpus.items.subarray(corpus.offsets[p], corpus.offsets[p + 1]);
    builder.add({ id: `${n}`, tracks: Array.from(items, (item) => corpus.tracks[item]) });
  }
  return builder.build();
}

async function timed(corpus, options) {
  const ends = [];
  const onEpoch = () => {
    ends.push(performance.now());
  };
  const { vectors } = await trainTrack2Vec(corpus, { ...options, onEpoch });
  // The first epoch includes the start of the thread.
  const times = ends
    .slice(1)
    .map((end, i) => end - ends[i])
    .sort((a, b) => a - b);
  const known = vectors.counts.reduce((sum, count) => sum + count, 0);
  return { words: corpus.items.length, known, milliseconds: times[0] };
}

function print(what, rows) {
  const line = lineThrough(rows.map(({ x, milliseconds }) => [x, milliseconds]));
  for (const { label, words, known, x, milliseconds } of rows) {
    const off = 100 * (milliseconds / (line.base + line.slope * x) - 1);
    console.log(
      `${label.padEnd(16)}${String(words).padStart(9)} plays${String(known).padStart(9)} known${milliseconds.toFixed(1).padStart(8)} ms an epoch  ${off >= 0 ? "+" : ""}${off.toFixed(1)} % from the line`,
    );
  }
  console.log(
    `time = ${line.base.toFixed(2)} ms + ${line.slope.toPrecision(3)} ms × ${what}; r² = ${line.r2.toFixed(4)}\n`,
  );
}

/** Relative least squares, so that short times count as much as long ones. */
function lineThrough(points) {
  const weights = points.map(([, y]) => 1 / y ** 2);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const mean = (f) => points.reduce((sum, point, i) => sum + weights[i] * f(point), 0) / total;
  const x = mean(([a]) => a);
  const y = mean(([, b]) => b);
  const slope = mean(([a, b]) => (a - x) * (b - y)) / mean(([a]) => (a - x) ** 2);
  const base = y - slope * x;
  const r2 = 1 - mean(([a, b]) => (b - base - slope * a) ** 2) / mean(([, b]) => (b - y) ** 2);
  return { base, slope, r2 };
}

/**
 * The training kernel of track2vec: skip-gram and CBOW, with negative sampling and hierarchical softmax, over one linear
 * memory that all threads share. Each thread has its own instance of this module and so its own globals.
 *
 * The work is small matrix products, as in Ji, Satish, Li & Dubey, "Parallelizing Word2Vec in Shared and Distributed Memory"
 * (2016, arXiv 1604.04661), who share negatives across a window; here up to 128 windows that follow each other share them (see
 * _group.ts).
 *
 * A chunk of the corpus is worked in two passes. The plan draws what is random and finds the rows; the second pass only
 * computes. With `local` on, the plan copies the rows a chunk needs, the second pass changes the copies, and `finishChunk`
 * leaves the differences to be merged: that is what makes the result independent of the number of threads.
 *
 * The module is built with and without fused multiply-add (relaxed SIMD). Results are the same bits wherever the same one of the
 * two runs; between them the last bits differ.
 */
export * from "./_front";

import { closeLoss, openLoss } from "./_gradients";
import { trainBag, trainSkipGram } from "./_group";
import { countedProducts, openCount } from "./_negative";
import { plan } from "./_plan";
import { mix, seedRandom } from "./_random";
import { openShard, touchedSum } from "./_rows";
import { group, result, seed, skipGram } from "./_settings";

export { finishChunk, initializeRows, mergeShard } from "./_rows";
export { setMatrices, setOptions, setScratch } from "./_settings";
export * from "./_back";

/**
 * Trains on a chunk: `playlists` slices of `tokens` (track numbers of the corpus), whose ends are in `ends`. Writes loss (f64),
 * pairs (u32), tracks kept (u32) and products of inputs with negatives (u32) to `result`.
 */
export function trainChunk(playlists: u32, epoch: u32, chunk: u32, alpha: f32, copies: usize, touched: usize): void {
  openShard(copies, touched);
  // As seedOf in src/track2vec/kernel.ts.
  seedRandom(mix(seed + <u64>epoch * (0x9e3779b97f4a7c15 * 0x10001) + (<u64>chunk << 1) + 1));
  const count = plan(playlists);
  openLoss();
  openCount();
  let pairs: u32 = 0;
  for (let first: u32 = 0; first < count; first += group) {
    const centres = min(group, count - first);
    pairs += skipGram ? trainSkipGram(first, centres, alpha) : trainBag(first, centres, alpha);
  }
  store<f64>(result, closeLoss());
  store<u32>(result, pairs, 8);
  store<u32>(result, count, 12);
  store<u32>(result, countedProducts(), 16);
  store<u32>(result, touchedSum(), 20);
}

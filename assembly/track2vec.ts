/**
 * The training kernel of track2vec: skip-gram and CBOW, with negative sampling and hierarchical softmax, over one linear
 * memory that all threads share. Each thread has its own instance of this module and so its own globals.
 *
 * The work is small matrix products, as in Ji, Satish, Li & Dubey, "Parallelizing Word2Vec in Shared and Distributed Memory"
 * (2016, arXiv 1604.04661), who share negatives across a window; here up to 128 windows that follow each other share them (see
 * _group.ts).
 *
 * A chunk of the corpus is worked in two passes. The plan draws what is random; the second pass finds the rows and only computes. With
 * `local` on, the shards of a round are planned before any is trained, and none changes what another reads (_copies.ts): that is what makes
 * the result independent of the number of threads.
 *
 * The module is built with and without fused multiply-add (relaxed SIMD). Results are the same bits wherever the same one of the
 * two runs; between them the last bits differ.
 */
export * from "./_front";

import { closeShard, openShard } from "./_copies";
import { closeLoss, openLoss } from "./_gradients";
import { trainBag, trainSkipGram } from "./_group";
import { countedProducts, openCount } from "./_negative";
import { findPlanned, plan } from "./_plan";
import { mix, seedRandom } from "./_random";
import { touchedSum } from "./_rows";
import { group, result, seed, setPlan, skipGram } from "./_settings";

export { clearSlots, markPlan } from "./_copies";
export { countCopies, mergeCopies } from "./_merge";
export { initializeRows } from "./_rows";
export { setMatrices, setOptions, setScratch } from "./_settings";
export * from "./_back";

/**
 * Plans a chunk: `playlists` slices of `tokens` (track numbers of the corpus), whose ends are in `ends`. Writes what is drawn to `kept`,
 * `windows` and `negatives`; returns how many tracks are kept.
 */
export function planChunk(
  kept: usize,
  windows: usize,
  negatives: usize,
  playlists: u32,
  epoch: u32,
  chunk: u32,
): u32 {
  setPlan(kept, windows, negatives);
  // As seedOf in src/track2vec/kernel.ts.
  seedRandom(mix(seed + <u64>epoch * (0x9e3779b97f4a7c15 * 0x10001) + (<u64>chunk << 1) + 1));
  return plan(playlists);
}

/**
 * Trains what was planned, on `count` tracks; with shards, as the shard with that bit, whose copies of rows go to `copies` and their numbers to
 * `copied`. Writes loss (f64), pairs (u32) and products of inputs with negatives (u32) to `result`; returns how many rows were copied.
 */
export function trainChunk(
  kept: usize,
  windows: usize,
  negatives: usize,
  count: u32,
  alpha: f32,
  bit: u32,
  copies: usize,
  copied: usize,
): u32 {
  setPlan(kept, windows, negatives);
  openShard(bit, copies, copied);
  findPlanned(count);
  openLoss();
  openCount();
  let pairs: u32 = 0;
  for (let first: u32 = 0; first < count; first += group) {
    const centres = min(group, count - first);
    pairs += skipGram ? trainSkipGram(first, centres, alpha) : trainBag(first, centres, alpha);
  }
  store<f64>(result, closeLoss());
  store<u32>(result, pairs, 8);
  store<u32>(result, countedProducts(), 12);
  store<u32>(result, touchedSum(), 16);
  return closeShard();
}

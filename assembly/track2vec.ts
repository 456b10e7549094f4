/**
 * The training kernel of track2vec: skip-gram and CBOW, with negative sampling and hierarchical softmax, over one linear
 * memory that all threads share. Each thread has its own instance of this module and so its own globals.
 *
 * Skip-gram follows Ji, Satish, Li & Dubey, "Parallelizing Word2Vec in Shared and Distributed Memory" (2016, arXiv
 * 1604.04661): the context tracks of a centre (inputs) and the centre with its negatives (outputs) form two small matrices, so
 * that one window costs three small matrix products, 3 · inputs · outputs · dimensions multiply-adds.
 *
 * A chunk of the corpus is worked in two passes. The plan draws what is random (subsampling, windows, negatives) and turns
 * tracks into row addresses, touching the rows so that the second pass finds them in the cache. The second pass only
 * computes. With `local` on, the plan copies the rows a chunk needs, the second pass changes the copies, and `finishChunk`
 * leaves the differences to be merged: that is what makes the result independent of the number of threads.
 */
import { closeLoss, openLoss } from "./_loss";
import { mix, nextRandom, seedRandom } from "./_random";
import { bagOfWords, skipGramBlock } from "./_tiles";

/** A track that the vocabulary does not hold. */
const NONE: u32 = 0xffffffff;
/** Inputs of a window that are worked at once. */
const BLOCK: u32 = 32;

// Where things lie in memory; see src/track2vec/layout.ts. Rows of all matrices are numbered through: inputs
// 0 … vocabulary - 1, outputs of negative sampling from `negativeRow`, inner nodes of the Huffman tree from `nodeRow`.
let rows: usize = 0;
let bytes: usize = 0;
let negativeRow: u32 = 0;
let nodeRow: u32 = 0;
let vocabulary: u32 = 0;
let numberOf: usize = 0;
let keep: usize = 0;
let alias: usize = 0;
let pathStart: usize = 0;
let pathNodes: usize = 0;
let windowSize: u32 = 0;
let shrink: bool = true;
let skipGram: bool = true;
let useMean: bool = true;
let negative: u32 = 0;
let hierarchical: bool = false;
let local: bool = false;
let poolSize: u32 = 0;

// The scratch of this thread.
let tokens: usize = 0;
let ends: usize = 0;
let kept: usize = 0;
let inputAt: usize = 0;
let windows: usize = 0;
let outputAt: usize = 0;
let labelAt: usize = 0;
let list: usize = 0;
let grid: usize = 0;
let spare: usize = 0;
let zeros: usize = 0;
let slots: usize = 0;
let result: usize = 0;
let pool: usize = 0;

// The shard that is worked on: copies of rows, and which rows they are.
let copies: usize = 0;
let touched: usize = 0;
let touchedCount: u32 = 0;

export function setMatrices(
  rows_: usize,
  bytes_: usize,
  vocabulary_: u32,
  negativeRow_: u32,
  nodeRow_: u32,
  numberOf_: usize,
  keep_: usize,
  alias_: usize,
  pathStart_: usize,
  pathNodes_: usize,
): void {
  rows = rows_;
  bytes = bytes_;
  vocabulary = vocabulary_;
  negativeRow = negativeRow_;
  nodeRow = nodeRow_;
  numberOf = numberOf_;
  keep = keep_;
  alias = alias_;
  pathStart = pathStart_;
  pathNodes = pathNodes_;
}

export function setOptions(
  skipGram_: bool,
  window_: u32,
  shrink_: bool,
  negative_: u32,
  hierarchical_: bool,
  useMean_: bool,
  local_: bool,
  poolSize_: u32,
): void {
  skipGram = skipGram_;
  windowSize = window_;
  shrink = shrink_;
  negative = negative_;
  hierarchical = hierarchical_;
  useMean = useMean_;
  local = local_;
  poolSize = poolSize_;
}

export function setScratch(
  tokens_: usize,
  ends_: usize,
  kept_: usize,
  inputAt_: usize,
  windows_: usize,
  outputAt_: usize,
  labelAt_: usize,
  list_: usize,
  grid_: usize,
  spare_: usize,
  zeros_: usize,
  slots_: usize,
  result_: usize,
  pool_: usize,
): void {
  tokens = tokens_;
  ends = ends_;
  kept = kept_;
  inputAt = inputAt_;
  windows = windows_;
  outputAt = outputAt_;
  labelAt = labelAt_;
  list = list_;
  grid = grid_;
  spare = spare_;
  zeros = zeros_;
  slots = slots_;
  result = result_;
  pool = pool_;
}

/** The address of a row: the row itself, or this shard's copy of it. */
// @ts-ignore: decorator
@inline
function addressOf(row: u32): usize {
  const own = rows + <usize>row * bytes;
  if (!local) {
    touch(own);
    return own;
  }
  const slotAt = slots + (<usize>row << 2);
  let copy = <usize>load<u32>(slotAt);
  if (copy == 0) {
    copy = copies + <usize>touchedCount * bytes;
    store<u32>(slotAt, <u32>copy);
    store<u32>(touched + (<usize>touchedCount << 2), row);
    touchedCount += 1;
    for (let c: usize = 0; c < bytes; c += 16) v128.store(copy + c, v128.load(own + c));
  }
  return copy;
}

/** WebAssembly has no prefetch; an unused sum of one number a cache line does it. */
let touchSum: f32 = 0;
// @ts-ignore: decorator
@inline
function touch(row: usize): void {
  let sum = touchSum;
  for (let c: usize = 0; c < bytes; c += 64) sum += load<f32>(row + c);
  touchSum = sum;
}

/**
 * Plans and trains a chunk: `playlists` slices of `tokens` (track numbers of the corpus), whose ends are in `ends`.
 * Writes loss (f64), pairs (u32) and tracks kept (u32) to `result`.
 */
export function trainChunk(playlists: u32, seed: u64, alpha: f32, copies_: usize, touched_: usize): void {
  copies = copies_;
  touched = touched_;
  touchedCount = 0;
  seedRandom(mix(seed));
  const count = plan(playlists);
  openLoss();
  const pairs = skipGram ? trainSkipGram(count, alpha) : trainCbow(count, alpha);
  store<f64>(result, closeLoss());
  store<u32>(result, pairs, 8);
  store<u32>(result, count, 12);
  store<f32>(result, touchSum, 16);
}

/** Draws subsampling, windows and negatives; returns how many tracks were kept. */
function plan(playlists: u32): u32 {
  if (negative != 0) drawPool();
  let count: u32 = 0;
  let token: u32 = 0;
  let outputs: u32 = 0;
  for (let p: u32 = 0; p < playlists; p++) {
    const end = load<u32>(ends + (<usize>p << 2));
    const start = count;
    for (; token < end; token++) {
      const track = load<u32>(numberOf + (<usize>load<u32>(tokens + (<usize>token << 2)) << 2));
      if (track == NONE) continue;
      const bar = load<u32>(keep + (<usize>track << 2));
      if (bar != NONE && <u32>(nextRandom() >> 32) > bar) continue;
      store<u32>(kept + (<usize>count << 2), track);
      count += 1;
    }
    if (count - start < 2) {
      count = start;
      continue;
    }
    for (let i = start; i < count; i++) {
      const track = load<u32>(kept + (<usize>i << 2));
      store<u32>(inputAt + (<usize>i << 2), <u32>addressOf(track));
      const reach: u32 = shrink ? 1 + <u32>(((nextRandom() >> 32) * <u64>windowSize) >> 32) : windowSize;
      // Four words: from, to, first output, number of outputs.
      const w = windows + (<usize>i << 4);
      store<u32>(w, i - start > reach ? i - reach : start);
      store<u32>(w, count - i > reach ? i + reach + 1 : count, 4);
      store<u32>(w, outputs, 8);
      const first = outputs;
      if (hierarchical) outputs = planPath(track, outputs);
      if (negative != 0) outputs = planNegatives(track, outputs);
      store<u32>(w, outputs - first, 12);
      if (!skipGram) outputs = padOutputs(outputs, first);
    }
  }
  return count;
}

/**
 * Draws the chunk's pool of negatives from the noise distribution, by Walker's alias method: a uniform column, then a coin for
 * the column's own track or its alias. Each centre takes its negatives from the pool: what is expected is the same as with
 * draws of its own, and a chunk touches a few hundred rows instead of thousands.
 */
function drawPool(): void {
  for (let n: u32 = 0; n < poolSize; n++) {
    const r = nextRandom();
    const column = <u32>(((r >> 32) * <u64>vocabulary) >> 32);
    const cell = alias + (<usize>column << 3);
    const track = <u32>r < load<u32>(cell) ? column : load<u32>(cell, 4);
    store<u32>(pool + (<usize>n << 3), track);
    store<u32>(pool + (<usize>n << 3), <u32>addressOf(negativeRow + track), 4);
  }
}

// @ts-ignore: decorator
@inline
function planNegatives(track: u32, outputs: u32): u32 {
  store<u32>(outputAt + (<usize>outputs << 2), <u32>addressOf(negativeRow + track));
  store<f32>(labelAt + (<usize>outputs << 2), 1);
  outputs += 1;
  for (let n: u32 = 0; n < negative; n += 2) {
    // Two draws of 32 bits from each random number.
    const r = nextRandom();
    outputs = planNegative(track, <u32>r, outputs);
    if (n + 1 < negative) outputs = planNegative(track, <u32>(r >> 32), outputs);
  }
  return outputs;
}

// @ts-ignore: decorator
@inline
function planNegative(track: u32, random: u32, outputs: u32): u32 {
  const from = pool + (<usize>((<u64>random * <u64>poolSize) >> 32) << 3);
  // As gensim: a negative that is the centre itself is left out, not drawn again.
  if (load<u32>(from) == track) return outputs;
  store<u32>(outputAt + (<usize>outputs << 2), load<u32>(from, 4));
  store<f32>(labelAt + (<usize>outputs << 2), 0);
  return outputs + 1;
}

/** The path from the root of the Huffman tree; the lowest bit of each entry is the code. */
function planPath(track: u32, outputs: u32): u32 {
  const from = load<u32>(pathStart + (<usize>track << 2));
  const to = load<u32>(pathStart + (<usize>track << 2), 4);
  for (let n = from; n < to; n++) {
    const entry = load<u32>(pathNodes + (<usize>n << 2));
    store<u32>(outputAt + (<usize>outputs << 2), <u32>addressOf(nodeRow + (entry >> 1)));
    store<f32>(labelAt + (<usize>outputs << 2), (entry & 1) == 0 ? <f32>1 : <f32>0);
    outputs += 1;
  }
  return outputs;
}

/** CBOW takes outputs four at a time, so each list of them ends in rows of zeros. */
function padOutputs(outputs: u32, first: u32): u32 {
  while (((outputs - first) & 3) != 0) {
    store<u32>(outputAt + (<usize>outputs << 2), <u32>zeros);
    store<f32>(labelAt + (<usize>outputs << 2), 0);
    outputs += 1;
  }
  return outputs;
}

/** Lists the rows around position i and pads the list for whole tiles; returns how many there are. */
// @ts-ignore: decorator
@inline
function listInputs(i: u32, from: u32, to: u32): u32 {
  let n: u32 = 0;
  for (let j = from; j < to; j++) {
    store<u32>(list + (<usize>n << 2), load<u32>(inputAt + (<usize>j << 2)));
    n += <u32>(j != i);
  }
  store<u32>(list + (<usize>n << 2), <u32>zeros);
  store<u32>(list + (<usize>n << 2), <u32>zeros, 4);
  store<u32>(list + (<usize>n << 2), <u32>zeros, 8);
  return n;
}

function trainSkipGram(count: u32, alpha: f32): u32 {
  let pairs: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const w = windows + (<usize>i << 4);
    const inputs = listInputs(i, load<u32>(w), load<u32>(w, 4));
    pairs += inputs;
    const first = <usize>load<u32>(w, 8) << 2;
    const outputs = load<u32>(w, 12);
    for (let from: u32 = 0; from < inputs; from += BLOCK) {
      const some = min(inputs - from, BLOCK);
      const ins = list + (<usize>from << 2);
      skipGramBlock(ins, some, outputAt + first, labelAt + first, outputs, bytes, grid, spare, alpha);
    }
  }
  return pairs;
}

function trainCbow(count: u32, alpha: f32): u32 {
  for (let i: u32 = 0; i < count; i++) {
    const w = windows + (<usize>i << 4);
    const inputs = listInputs(i, load<u32>(w), load<u32>(w, 4));
    const first = <usize>load<u32>(w, 8) << 2;
    const outputs = load<u32>(w, 12);
    bagOfWords(list, inputs, outputAt + first, labelAt + first, outputs, bytes, grid, spare, spare + bytes, useMean, alpha);
  }
  return count;
}

/** Turns this shard's copies into differences from the (still unchanged) rows and forgets where the copies are. */
export function finishChunk(): u32 {
  for (let n: u32 = 0; n < touchedCount; n++) {
    const row = load<u32>(touched + (<usize>n << 2));
    store<u32>(slots + (<usize>row << 2), 0);
    const own = rows + <usize>row * bytes;
    const copy = copies + <usize>n * bytes;
    for (let c: usize = 0; c < bytes; c += 16) {
      v128.store(copy + c, f32x4.sub(v128.load(copy + c), v128.load(own + c)));
    }
  }
  return touchedCount;
}

/** Adds a shard's differences to those rows whose number is `part` modulo `parts`. */
export function mergeShard(copies_: usize, touched_: usize, count: u32, part: u32, parts: u32): void {
  for (let n: u32 = 0; n < count; n++) {
    const row = load<u32>(touched_ + (<usize>n << 2));
    if (row % parts != part) continue;
    const own = rows + <usize>row * bytes;
    const copy = copies_ + <usize>n * bytes;
    for (let c: usize = 0; c < bytes; c += 16) {
      v128.store(own + c, f32x4.add(v128.load(own + c), v128.load(copy + c)));
    }
  }
}

/**
 * Fills rows of inputs with numbers uniform in [-1, 1) / size, as gensim 4 does; what pads a row to whole vectors stays zero. A row depends on
 * the seed and its own number alone.
 */
export function initializeRows(from: u32, to: u32, size: u32, seed: u64): void {
  for (let row = from; row < to; row++) {
    seedRandom(mix(seed ^ mix(<u64>row + 1)));
    const own = rows + <usize>row * bytes;
    for (let d: u32 = 0; d < size; d++) {
      store<f32>(own + (<usize>d << 2), (<f32>(nextRandom() >> 40) / 8388608 - 1) / <f32>size);
    }
  }
}

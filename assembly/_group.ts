/**
 * Trains a group of centres at once: eight that follow each other (with windows of their own, perhaps in several playlists) and
 * the negatives that the group has drawn. All gradients are taken at the weights the group began with.
 *
 * Outputs are the centres and the group's negatives, inputs the tracks in any of the windows. An input in n windows meets the
 * negatives once, with n times the weight; with `shared` negatives for the `negative` of a window, each weighs
 * negative / shared.
 *
 * The rows of outputs lie as centres, negatives, centres, in pairs. A pair of centres has to do with some of the inputs only,
 * and an input with some of the pairs, most often from one side: with the negatives in the middle these are one range.
 */
import { labelled, lanesOf, maskOf, negativeGradients } from "./_gradients";
import { copyRow, gainInputs, gainOutputs, scaleRow, scoreTile } from "./_products";
import { addressOf } from "./_rows";
import {
  BLOCK,
  bytes,
  dummy,
  errors,
  gradients,
  group,
  hierarchical,
  inputAt,
  inRow,
  kept,
  means,
  negative,
  negatives,
  nodeRow,
  outputAt,
  outRow,
  pathNodes,
  pathStart,
  ranges,
  STRIDE,
  shared,
  useMean,
  weights,
  windows,
  x,
  y,
} from "./_settings";

// `ranges`: for each tile of four inputs the first pair of outputs and the one after the last; then for each pair of outputs the
// first input and the one after the last.
const TILES: usize = 0;
const PAIRS: usize = (BLOCK / 4) * 8;

/** Products of an input with a negative, since the chunk began: each costs three rows of multiply-adds. */
let products: u32 = 0;

export function openCount(): void {
  products = 0;
}

export function countedProducts(): u32 {
  return products;
}

// The group and the block that is worked on.
let first: u32 = 0;
let centres: u32 = 0;
let low: u32 = 0;
let high: u32 = 0;
let drawn: usize = 0;
/** How many inputs the block has, and where: position `base` is input 0. */
let base: u32 = 0;
let inputs: u32 = 0;

// @ts-ignore: decorator
@inline
function openGroup(first_: u32, centres_: u32): void {
  first = first_;
  centres = centres_;
  drawn = negatives + ((<usize>(first_ / group) * shared) << 3);
  low = 0xffffffff;
  high = 0;
  const end = windows + (<usize>(first_ + centres_) << 3);
  for (let w = windows + (<usize>first_ << 3); w < end; w += 8) {
    low = min(low, load<u32>(w));
    high = max(high, load<u32>(w, 4));
  }
}

/** Opens the block of inputs from position `from` on; copies their rows. */
function openBlock(from: u32): void {
  base = from;
  inputs = min(high - from, BLOCK);
  let to = x;
  let u: u32 = 0;
  for (; u < inputs; u++) {
    const row = load<u32>(inputAt + (<usize>(from + u) << 2));
    store<u32>(inRow + (<usize>u << 2), row);
    copyRow(<usize>row, to, bytes);
    to += bytes;
  }
  padInputs(to);
}

/** Fills the last tile with zeros, which gain nothing and whose gains go nowhere. */
// @ts-ignore: decorator
@inline
function padInputs(to: usize): void {
  for (let u = inputs; (u & 3) != 0; u++) {
    store<u32>(inRow + (<usize>u << 2), <u32>dummy);
    memory.fill(to, 0, bytes);
    to += bytes;
  }
}

// @ts-ignore: decorator
@inline
function putOutput(m: u32, row: usize): void {
  store<u32>(outRow + (<usize>m << 2), <u32>row);
  copyRow(row, y + <usize>m * bytes, bytes);
}

// @ts-ignore: decorator
@inline
function padOutput(m: u32): void {
  store<u32>(outRow + (<usize>m << 2), <u32>dummy);
  memory.fill(y + <usize>m * bytes, 0, bytes);
}

// @ts-ignore: decorator
@inline
function windowFrom(c: u32): i32 {
  return clip(load<u32>(windows + (<usize>(first + c) << 3)));
}

// @ts-ignore: decorator
@inline
function windowTo(c: u32): i32 {
  return clip(load<u32>(windows + (<usize>(first + c) << 3), 4));
}

/** A position as a number of the block's inputs, 0 … inputs. */
// @ts-ignore: decorator
@inline
function clip(position: u32): i32 {
  return max<i32>(0, min<i32>(<i32>position - <i32>base, <i32>inputs));
}

// @ts-ignore: decorator
@inline
function openRanges(from: u32, to: u32): void {
  const tiles = (inputs + 3) >> 2;
  for (let t: u32 = 0; t < tiles; t++) {
    store<u32>(ranges + (<usize>t << 3), from, TILES);
    store<u32>(ranges + (<usize>t << 3), to, TILES + 4);
  }
}

/** Pair number `pair` has to do with the inputs `from` … `to` - 1. Pairs come in rising order. */
// @ts-ignore: decorator
@inline
function setRange(pair: u32, from: u32, to: u32): void {
  store<u32>(ranges + (<usize>pair << 3), from, PAIRS);
  store<u32>(ranges + (<usize>pair << 3), to, PAIRS + 4);
  for (let t = from >> 2; t << 2 < to; t++) {
    const tile = ranges + (<usize>t << 3);
    if (load<u32>(tile, TILES) > pair) store<u32>(tile, pair, TILES);
    if (load<u32>(tile, TILES + 4) <= pair) store<u32>(tile, pair + 1, TILES + 4);
  }
}

function scores(pairs: u32, from: usize): void {
  for (let p: u32 = 0; p < pairs; p++) {
    const range = ranges + (<usize>p << 3);
    const q = y + ((<usize>p * bytes) << 1);
    const t = load<u32>(range, PAIRS) >> 2;
    const end = gradients + (<usize>p << 1) * STRIDE + (<usize>((load<u32>(range, PAIRS + 4) + 3) >> 2) << 4);
    let at = from + ((<usize>t * bytes) << 2);
    for (let g = gradients + (<usize>p << 1) * STRIDE + (<usize>t << 4); g < end; g += 16) {
      scoreTile(at, q, bytes, g);
      at += bytes << 2;
    }
  }
}

/** Outputs, listed in `rows`, gain what the inputs at `from` give them. */
function updateOutputs(pairs: u32, rows: usize, from: usize): void {
  for (let p: u32 = 0; p < pairs; p++) {
    const range = ranges + (<usize>p << 3);
    const u = <usize>load<u32>(range, PAIRS);
    const to = <usize>load<u32>(range, PAIRS + 4);
    if (u >= to) continue;
    const t = rows + (<usize>p << 3);
    const g = gradients + (<usize>p << 1) * STRIDE + (u << 2);
    gainOutputs(<usize>load<u32>(t), <usize>load<u32>(t, 4), from + u * bytes, from + to * bytes, bytes, g);
  }
}

/** Inputs, listed in `inRow`, gain what the outputs at `from` give them. */
function updateInputs(from: usize): void {
  const even = (inputs + 1) & ~1;
  for (let u: u32 = 0; u < even; u += 2) {
    const tile = ranges + (<usize>(u >> 2) << 3);
    const m = <usize>load<u32>(tile, TILES) << 1;
    const to = <usize>load<u32>(tile, TILES + 4) << 1;
    if (m >= to) continue;
    const t = inRow + (<usize>u << 2);
    const g = gradients + m * STRIDE + (<usize>u << 2);
    gainInputs(<usize>load<u32>(t), <usize>load<u32>(t, 4), from + m * bytes, from + to * bytes, bytes, g);
  }
}

/** The block's gradients of all outputs become zero, from `from` on. */
// @ts-ignore: decorator
@inline
function clearGradients(from: u32, to: u32): void {
  memory.fill(gradients + <usize>from * STRIDE, 0, <usize>(to - from) * STRIDE);
}

/** Whether a negative may be one of the centres: then it is left out where it is, as gensim does. */
// @ts-ignore: decorator
@inline
function anyCentreDrawn(): bool {
  const tracks = kept + (<usize>first << 2);
  const a = v128.load(tracks);
  const b = v128.load(tracks, 16);
  let same = i32x4.splat(0);
  for (let n: u32 = 0; n < shared; n++) {
    const track = v128.load_splat<u32>(drawn + (<usize>n << 3));
    same = v128.or(same, v128.or(i32x4.eq(a, track), i32x4.eq(b, track)));
  }
  return v128.any_true(same);
}

/**
 * One block with negative sampling: inputs are the rows at `from`, and centre c has to do with `windowFrom(c)` … (skip-gram) or with
 * input c alone (CBOW).
 */
function sampleNegatives(from: usize, bag: bool, alpha: f32): void {
  const centrePairs = (centres + 1) >> 1;
  const front = (centrePairs + 1) >> 1;
  const back = front + (shared >> 1);
  const pairs = centrePairs + (shared >> 1);
  const tiles = (inputs + 3) >> 2;
  products += inputs * shared;
  for (let c: u32 = 0; c < centres; c++) {
    const m = c < 2 * front ? c : c + shared;
    putOutput(m, <usize>load<u32>(outputAt + (<usize>(first + c) << 2)));
  }
  if ((centres & 1) != 0) padOutput(centres < 2 * front ? centres : centres + shared);
  for (let n: u32 = 0; n < shared; n++) putOutput(2 * front + n, <usize>load<u32>(drawn + (<usize>n << 3), 4));

  openRanges(front, back);
  for (let p: u32 = 0; p < pairs; p++) {
    if (p >= front && p < back) {
      store<u32>(ranges + (<usize>p << 3), 0, PAIRS);
      store<u32>(ranges + (<usize>p << 3), inputs, PAIRS + 4);
      continue;
    }
    const c = 2 * (p < front ? p : p - (shared >> 1));
    setCentres(p, c, bag);
  }
  clearGradients(0, 2 * front);
  clearGradients(2 * back, 2 * pairs);
  scores(pairs, from);

  for (let t: u32 = 0; t < tiles; t++) v128.store(weights + (<usize>t << 4), i32x4.splat(0));
  for (let p: u32 = 0; p < pairs; p++) {
    if (p == front) p = back;
    if (p >= pairs) break;
    const range = ranges + (<usize>p << 3);
    const tilesFrom = load<u32>(range, PAIRS) >> 2;
    const tilesTo = (load<u32>(range, PAIRS + 4) + 3) >> 2;
    for (let k: u32 = 0; k < 2; k++) {
      const m: u32 = 2 * p + k;
      const c: u32 = p < front ? m : m - shared;
      const g = gradients + <usize>m * STRIDE;
      if (c >= centres) {
        for (let t = tilesFrom; t < tilesTo; t++) v128.store(g + (<usize>t << 4), i32x4.splat(0));
      } else labelled(g, tilesFrom, tilesTo, fromOf(c, bag), toOf(c, bag), selfOf(c, bag), 1, alpha, weights);
    }
  }
  const ratio = f32x4.splat(<f32>negative / <f32>shared);
  const g = gradients + <usize>(2 * front) * STRIDE;
  if (anyCentreDrawn()) eachNegative(g, tiles, ratio, bag, alpha);
  else {
    for (let t: u32 = 0; t < tiles; t++) {
      const w = weights + (<usize>t << 4);
      v128.store(w, f32x4.mul(f32x4.convert_i32x4_s(v128.load(w)), ratio));
    }
    negativeGradients(g, shared, tiles, weights, alpha);
  }
  updateInputs(y);
  updateOutputs(pairs, outRow, from);
}

// @ts-ignore: decorator
@inline
function fromOf(c: u32, bag: bool): i32 {
  return bag ? <i32>c : windowFrom(c);
}

// @ts-ignore: decorator
@inline
function toOf(c: u32, bag: bool): i32 {
  return bag ? <i32>c + 1 : windowTo(c);
}

// @ts-ignore: decorator
@inline
function selfOf(c: u32, bag: bool): i32 {
  return bag ? -1 : <i32>(first + c) - <i32>base;
}

/** The range of a pair of centres, c and c + 1 if there is one. */
// @ts-ignore: decorator
@inline
function setCentres(pair: u32, c: u32, bag: bool): void {
  let from = fromOf(c, bag);
  let to = toOf(c, bag);
  if (c + 1 < centres) {
    from = min(from, fromOf(c + 1, bag));
    to = max(to, toOf(c + 1, bag));
  }
  setRange(pair, from, to);
}

/** The gradients of each negative with weights of its own, where centres are among them. */
function eachNegative(g: usize, tiles: u32, ratio: v128, bag: bool, alpha: f32): void {
  const own = weights + STRIDE;
  for (let n: u32 = 0; n < shared; n++) {
    const track = load<u32>(drawn + (<usize>n << 3));
    for (let t: u32 = 0; t < tiles; t++) {
      let counts = v128.load(weights + (<usize>t << 4));
      for (let c: u32 = 0; c < centres; c++) {
        if (load<u32>(kept + (<usize>(first + c) << 2)) != track) continue;
        counts = i32x4.add(counts, maskOf(lanesOf(t << 2), fromOf(c, bag), toOf(c, bag), selfOf(c, bag)));
      }
      v128.store(own + (<usize>t << 4), f32x4.mul(f32x4.convert_i32x4_s(counts), ratio));
    }
    negativeGradients(g + <usize>n * STRIDE, 1, tiles, own, alpha);
  }
}

/** One block with the inner nodes of the Huffman tree, centre after centre; inputs stay as the group found them. */
function climbTree(from: usize, bag: bool, alpha: f32): void {
  for (let c: u32 = 0; c < centres; c++) {
    const lowest = fromOf(c, bag);
    const highest = toOf(c, bag);
    if (lowest >= highest) continue;
    const path = pathStart + (<usize>load<u32>(kept + (<usize>(first + c) << 2)) << 2);
    const nodes = pathNodes + (<usize>load<u32>(path) << 2);
    const depth = load<u32>(path, 4) - load<u32>(path);
    const pairs = (depth + 1) >> 1;
    openRanges(0xffffffff, 0);
    for (let m: u32 = 0; m < depth; m++) {
      putOutput(m, addressOf(nodeRow + (load<u32>(nodes + (<usize>m << 2)) >> 1)));
    }
    if ((depth & 1) != 0) padOutput(depth);
    for (let p: u32 = 0; p < pairs; p++) setRange(p, lowest, highest);
    clearGradients(0, 2 * pairs);
    scores(pairs, from);
    for (let m: u32 = 0; m < depth; m++) {
      // The lowest bit of an entry is the code.
      const sign: f32 = (load<u32>(nodes + (<usize>m << 2)) & 1) == 0 ? 1 : -1;
      const g = gradients + <usize>m * STRIDE;
      labelled(g, lowest >> 2, (highest + 3) >> 2, lowest, highest, selfOf(c, bag), sign, alpha, weights);
    }
    updateInputs(y);
    updateOutputs(pairs, outRow, from);
  }
}

/** Returns the number of pairs of input and centre. */
export function trainSkipGram(first_: u32, centres_: u32, alpha: f32): u32 {
  openGroup(first_, centres_);
  for (let from = low; from < high; from += BLOCK) {
    openBlock(from);
    if (negative != 0) sampleNegatives(x, false, alpha);
    if (hierarchical) climbTree(x, false, alpha);
  }
  let pairs: u32 = 0;
  for (let c: u32 = 0; c < centres; c++) {
    const w = windows + (<usize>(first + c) << 3);
    pairs += load<u32>(w, 4) - load<u32>(w) - 1;
  }
  return pairs;
}

/** Gradients become 1 where an input is in a centre's window, else 0. */
function markWindows(): void {
  const pairs = (centres + 1) >> 1;
  const one = f32x4.splat(1);
  openRanges(0xffffffff, 0);
  clearGradients(0, 2 * pairs);
  for (let p: u32 = 0; p < pairs; p++) setCentres(p, 2 * p, false);
  for (let c: u32 = 0; c < centres; c++) {
    const g = gradients + <usize>c * STRIDE;
    const to = windowTo(c);
    for (let u = windowFrom(c) & ~3; u < to; u += 4) {
      const mask = maskOf(lanesOf(u), windowFrom(c), to, selfOf(c, false));
      v128.store(g + (<usize>u << 2), v128.and(mask, one));
    }
  }
}

/**
 * CBOW. The means (or sums) of the windows are the inputs of the group, and what they gain goes to every track of the
 * window: whole for a mean, as in word2vec; for a sum divided by the tracks of the window, as gensim has it.
 */
export function trainBag(first_: u32, centres_: u32, alpha: f32): u32 {
  openGroup(first_, centres_);
  const padded = (centres + 3) & ~3;
  memory.fill(means, 0, <usize>padded * bytes);
  memory.fill(errors, 0, <usize>padded * bytes);
  const rows = outRow;
  for (let from = low; from < high; from += BLOCK) {
    openBlock(from);
    markWindows();
    for (let c: u32 = 0; c < padded; c++) store<u32>(rows + (<usize>c << 2), <u32>(means + <usize>c * bytes));
    updateOutputs((centres + 1) >> 1, rows, x);
  }
  if (useMean) scaleByWindow(means);

  inputs = centres;
  for (let c: u32 = 0; c < padded; c++) store<u32>(inRow + (<usize>c << 2), <u32>(errors + <usize>c * bytes));
  if (negative != 0) sampleNegatives(means, true, alpha);
  if (hierarchical) climbTree(means, true, alpha);
  if (!useMean) scaleByWindow(errors);

  for (let from = low; from < high; from += BLOCK) {
    base = from;
    inputs = min(high - from, BLOCK);
    for (let u: u32 = 0; u < inputs; u++) {
      store<u32>(inRow + (<usize>u << 2), load<u32>(inputAt + (<usize>(from + u) << 2)));
    }
    if ((inputs & 1) != 0) store<u32>(inRow + (<usize>inputs << 2), <u32>dummy);
    markWindows();
    updateInputs(errors);
  }
  return centres;
}

function scaleByWindow(rows: usize): void {
  for (let c: u32 = 0; c < centres; c++) {
    const w = windows + (<usize>(first + c) << 3);
    scaleRow(rows + <usize>c * bytes, bytes, <f32>1 / <f32>(load<u32>(w, 4) - load<u32>(w) - 1));
  }
}

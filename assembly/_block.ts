/**
 * The group of centres and the block of inputs that are worked on: which rows, which pairs of outputs have to do with which
 * inputs, and the three products over them.
 */
import { copyRow, gainInputs, gainOutputs, scoreTile } from "./_products";
import {
  BLOCK,
  bytes,
  dummy,
  gradients,
  group,
  inputAt,
  inRow,
  negatives,
  outRow,
  ranges,
  STRIDE,
  shared,
  windows,
  x,
  y,
} from "./_settings";

// `ranges`: for each tile of four inputs the first pair of outputs and the one after the last; then for each pair of outputs the
// first input and the one after the last.
export const TILES: usize = 0;
export const PAIRS: usize = (BLOCK / 4) * 8;

// The group and the block that is worked on.
export let first: u32 = 0;
export let centres: u32 = 0;
export let low: u32 = 0;
export let high: u32 = 0;
export let drawn: usize = 0;
/** How many inputs the block has, and where: position `base` is input 0. */
export let base: u32 = 0;
export let inputs: u32 = 0;

// @ts-ignore: decorator
@inline
export function openGroup(first_: u32, centres_: u32): void {
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

/** Names the inputs of a block: `count` from position `from` on, whose addresses the caller writes to `inRow`. */
// @ts-ignore: decorator
@inline
export function setInputs(from: u32, count: u32): void {
  base = from;
  inputs = count;
}

/** Opens the block of inputs from position `from` on; copies their rows. */
export function openBlock(from: u32): void {
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
export function putOutput(m: u32, row: usize): void {
  store<u32>(outRow + (<usize>m << 2), <u32>row);
  copyRow(row, y + <usize>m * bytes, bytes);
}

// @ts-ignore: decorator
@inline
export function padOutput(m: u32): void {
  store<u32>(outRow + (<usize>m << 2), <u32>dummy);
  memory.fill(y + <usize>m * bytes, 0, bytes);
}

// @ts-ignore: decorator
@inline
export function windowFrom(c: u32): i32 {
  return clip(load<u32>(windows + (<usize>(first + c) << 3)));
}

// @ts-ignore: decorator
@inline
export function windowTo(c: u32): i32 {
  return clip(load<u32>(windows + (<usize>(first + c) << 3), 4));
}

/** A position as a number of the block's inputs, 0 … inputs. */
// @ts-ignore: decorator
@inline
export function clip(position: u32): i32 {
  return max<i32>(0, min<i32>(<i32>position - <i32>base, <i32>inputs));
}

// @ts-ignore: decorator
@inline
export function openRanges(from: u32, to: u32): void {
  const tiles = (inputs + 3) >> 2;
  for (let t: u32 = 0; t < tiles; t++) {
    store<u32>(ranges + (<usize>t << 3), from, TILES);
    store<u32>(ranges + (<usize>t << 3), to, TILES + 4);
  }
}

/** Pair number `pair` has to do with the inputs `from` … `to` - 1. Pairs come in rising order. */
// @ts-ignore: decorator
@inline
export function setRange(pair: u32, from: u32, to: u32): void {
  store<u32>(ranges + (<usize>pair << 3), from, PAIRS);
  store<u32>(ranges + (<usize>pair << 3), to, PAIRS + 4);
  for (let t = from >> 2; t << 2 < to; t++) {
    const tile = ranges + (<usize>t << 3);
    if (load<u32>(tile, TILES) > pair) store<u32>(tile, pair, TILES);
    if (load<u32>(tile, TILES + 4) <= pair) store<u32>(tile, pair + 1, TILES + 4);
  }
}

export function scores(pairs: u32, from: usize): void {
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
export function updateOutputs(pairs: u32, rows: usize, from: usize): void {
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
export function updateInputs(from: usize): void {
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
export function clearGradients(from: u32, to: u32): void {
  memory.fill(gradients + <usize>from * STRIDE, 0, <usize>(to - from) * STRIDE);
}

// @ts-ignore: decorator
@inline
export function fromOf(c: u32, bag: bool): i32 {
  return bag ? <i32>c : windowFrom(c);
}

// @ts-ignore: decorator
@inline
export function toOf(c: u32, bag: bool): i32 {
  return bag ? <i32>c + 1 : windowTo(c);
}

// @ts-ignore: decorator
@inline
export function selfOf(c: u32, bag: bool): i32 {
  return bag ? -1 : <i32>(first + c) - <i32>base;
}

/** The range of a pair of centres, c and c + 1 if there is one. */
// @ts-ignore: decorator
@inline
export function setCentres(pair: u32, c: u32, bag: bool): void {
  let from = fromOf(c, bag);
  let to = toOf(c, bag);
  if (c + 1 < centres) {
    from = min(from, fromOf(c + 1, bag));
    to = max(to, toOf(c + 1, bag));
  }
  setRange(pair, from, to);
}


/**
 * The group of centres and the block of inputs that are worked on: which rows, which pairs of outputs have to do with which
 * inputs, and the three products over them.
 */
import { gainInputs, gainOutputs, interleave, scoreTile } from "./_products";
import {
  BLOCK,
  bytes,
  columns,
  dummy,
  gradients,
  group,
  inputAt,
  inRow,
  negatives,
  outRow,
  ranges,
  shared,
  windows,
  x,
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
/** Tiles of four inputs, and bytes between two rows of the block of gradients. */
export let tiles: u32 = 0;
export let stride: usize = 0;

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
  tiles = (count + 3) >> 2;
  stride = <usize>tiles << 4;
}

/** Opens the block of inputs from position `from` on; copies their rows. */
export function openBlock(from: u32): void {
  setInputs(from, min(high - from, BLOCK));
  for (let u: u32 = 0; u < inputs; u++) {
    const row = load<u32>(inputAt + (<usize>(from + u) << 2));
    store<u32>(inRow + (<usize>u << 2), row);
  }
  copyInputs(inRow);
}

/** Copies the inputs whose rows are listed in `list`, and fills the last tile with zeros. */
export function copyInputs(list: usize): void {
  const padded = (inputs + 3) & ~3;
  for (let u: u32 = 0; u < padded; u++) {
    const at = <usize>u << 2;
    const row = u < inputs ? <usize>load<u32>(list + at) : dummy;
    interleave(row, <usize>load<u32>(columns + at), bytes);
  }
  for (let u = inputs; u < padded; u++) store<u32>(inRow + (<usize>u << 2), <u32>dummy);
}

// @ts-ignore: decorator
@inline
export function putOutput(m: u32, row: usize): void {
  store<u32>(outRow + (<usize>m << 2), <u32>row);
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
  const end = ranges + (<usize>((to + 3) >> 2) << 3);
  for (let tile = ranges + (<usize>(from >> 2) << 3); tile < end; tile += 8) {
    store<u32>(tile, min(load<u32>(tile, TILES), pair), TILES);
    store<u32>(tile, max(load<u32>(tile, TILES + 4), pair + 1), TILES + 4);
  }
}

/** The scores of some pairs of outputs with the inputs they have to do with, into the block of gradients. */
export function scores(fromPair: u32, toPair: u32): void {
  const length = bytes;
  const apart = stride;
  for (let p = fromPair; p < toPair; p++) {
    const range = ranges + (<usize>p << 3);
    const rows = outRow + (<usize>p << 3);
    const q0 = <usize>load<u32>(rows);
    const q1 = <usize>load<u32>(rows, 4);
    const t = load<u32>(range, PAIRS) >> 2;
    const row = gradients + (<usize>p << 1) * apart;
    const end = row + (<usize>((load<u32>(range, PAIRS + 4) + 3) >> 2) << 4);
    let at = x + ((<usize>t * length) << 2);
    for (let g = row + (<usize>t << 4); g < end; g += 16) {
      scoreTile(at, q0, q1, length, g, g + apart);
      at += length << 2;
    }
  }
}

/** Outputs gain what the inputs, as they were copied, give them. */
export function updateOutputs(pairs: u32): void {
  for (let p: u32 = 0; p < pairs; p++) {
    const range = ranges + (<usize>p << 3);
    const u = <usize>load<u32>(range, PAIRS) << 2;
    const to = <usize>load<u32>(range, PAIRS + 4) << 2;
    if (u >= to) continue;
    const t = outRow + (<usize>p << 3);
    const g = gradients + (<usize>p << 1) * stride + u;
    gainOutputs(<usize>load<u32>(t), <usize>load<u32>(t, 4), columns + u, columns + to, bytes, g, stride);
  }
}

/** Inputs gain what the outputs, which nothing may have changed yet, give them. */
export function updateInputs(): void {
  const even = (inputs + 1) & ~1;
  for (let u: u32 = 0; u < even; u += 2) {
    const tile = ranges + (<usize>(u >> 2) << 3);
    const m = <usize>load<u32>(tile, TILES) << 1;
    const to = <usize>load<u32>(tile, TILES + 4) << 1;
    if (m >= to) continue;
    const t = inRow + (<usize>u << 2);
    const g = gradients + m * stride + (<usize>u << 2);
    gainInputs(<usize>load<u32>(t), <usize>load<u32>(t, 4), outRow + (m << 2), outRow + (to << 2), bytes, g, stride);
  }
}

/** The block's gradients of all outputs become zero, from `from` on. */
// @ts-ignore: decorator
@inline
export function clearGradients(from: u32, to: u32): void {
  memory.fill(gradients + <usize>from * stride, 0, <usize>(to - from) * stride);
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


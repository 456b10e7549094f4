/**
 * The current group of centres and block of inputs: their rows, and the three matrix products over them.
 *
 * Outputs are grouped into quads: G[input][output] has a row of `stride` bytes per input, one vector per quad. Three or four quads form a
 * panel, whose transposed copy is contiguous, 64 bytes per dimension. Rows of zeros, with zero gradients, pad the last quad of each kind.
 */
import { mac } from "./_mac";
import { copyQuad, gainFromList, gainFromSlices } from "./_products";
import { scoreTile1, scoreTile2, scoreTile3, scoreTile4 } from "./_score_tiles";
import {
  across,
  BLOCK,
  bytes,
  dummy,
  gradients,
  halfway,
  inputAt,
  inRow,
  negatives,
  outputCopies,
  outRow,
  shared,
  sharing,
  windows,
} from "./_settings";

// The current group and block.
export let first: u32 = 0;
export let centres: u32 = 0;
export let low: u32 = 0;
export let high: u32 = 0;
export let drawn: usize = 0;
/** Whether the group's negatives are still to be copied. */
export let fresh: bool = true;
/** The block's inputs: position `base` is input 0. */
export let base: u32 = 0;
export let inputs: u32 = 0;
/** Number of quads of outputs, quads per panel, and bytes between two rows of gradients. */
export let quads: u32 = 0;
let panel: u32 = 4;
export let stride: usize = 0;
/** How many pairs of inputs may be one track for the inputs to meet outputs halfway; without a bound rows grew, with 0 few tracks hit less. */
const MOST_PAIRS: i32 = 4;

// @ts-ignore: decorator
@inline
export function openGroup(first_: u32, centres_: u32): void {
  first = first_;
  centres = centres_;
  drawn = negatives + ((<usize>(first_ / sharing) * shared) << 3);
  fresh = first_ % sharing == 0 || centres_ == 1;
  let lowest: u32 = 0xffffffff;
  let highest: u32 = 0;
  const end = windows + (<usize>(first_ + centres_) << 3);
  for (let w = windows + (<usize>first_ << 3); w < end; w += 8) {
    lowest = min(lowest, load<u32>(w));
    highest = max(highest, load<u32>(w, 4));
  }
  low = lowest;
  high = highest;
}

/** Sets the inputs of a block: `count` from position `from` on, whose addresses the caller puts at `inRow`. */
// @ts-ignore: decorator
@inline
export function setInputs(from: u32, count: u32): void {
  base = from;
  inputs = count;
}

/** Opens the block of inputs from position `from` on. */
export function openBlock(from: u32): void {
  setInputs(from, min(high - from, BLOCK));
  const rows = inRow;
  const count = inputs;
  // Copies four at a time; calling memory.copy would cost more.
  const start = inputAt + (<usize>from << 2);
  for (let at: usize = 0; at < <usize>count << 2; at += 16) v128.store(rows + at, v128.load(start + at));
  evenInputs(rows);
}

/** Pads the list with rows of zeros, since inputs are processed in twos, threes and fours. */
// @ts-ignore: decorator
@inline
export function evenInputs(list: usize): void {
  const end = list + (<usize>inputs << 2);
  store<u32>(end, <u32>dummy);
  store<u32>(end, <u32>dummy, 4);
  store<u32>(end, <u32>dummy, 8);
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

/** A position as an index of the block's inputs, clipped to 0 … inputs. */
// @ts-ignore: decorator
@inline
export function clip(position: u32): i32 {
  return max<i32>(0, min<i32>(<i32>position - <i32>base, <i32>inputs));
}

/** Opens a block of `count` quads of outputs. */
// @ts-ignore: decorator
@inline
export function openOutputs(count: u32): void {
  quads = count;
  // Avoids a last panel of one or two quads.
  panel = count == 5 || count == 6 || count == 9 ? 3 : 4;
  stride = <usize>count << 4;
}

/** Copies the rows of output quads `from` … `to` - 1, whose addresses are in `outRow`. All gradients are computed from the copies. */
export function copyOutputs(from: u32, to: u32): void {
  const length = bytes;
  const apart = <usize>quads << 8;
  for (let q = from; q < to; q++) {
    const list = outRow + (<usize>q << 4);
    copyQuad(
      <usize>load<u32>(list),
      <usize>load<u32>(list, 4),
      <usize>load<u32>(list, 8),
      <usize>load<u32>(list, 12),
      length,
      outputCopies + (<usize>q << 8),
      apart,
      across + ((<usize>(q / panel) * length) << 4) + (<usize>(q % panel) << 4),
    );
  }
}

/** Marks the negatives as copied, if groups share them: nothing modifies these copies. */
// @ts-ignore: decorator
@inline
export function keepNegatives(): void {
  if (sharing > 1 && !halfway) fresh = false;
}

/**
 * Sets the copies to the mean of the outputs before and after their update. An input updated from them then also gets half of what the
 * other inputs gave the same outputs, as it would on average if inputs were processed one after the other.
 */
export function meetHalfway(): void {
  const half = f32x4.splat(0.5);
  const length = bytes;
  const apart = <usize>quads << 8;
  const end = outRow + (<usize>quads << 4);
  let copies = outputCopies;
  for (let at = outRow; at < end; at += 4) {
    let row = <usize>load<u32>(at);
    let slice = copies;
    for (let left = <isize>length; left > 0; left -= 64) {
      const last = slice + <usize>min<isize>(left, 64);
      for (let copy = slice; copy < last; copy += 16) {
        v128.store(copy, f32x4.mul(half, f32x4.add(v128.load(copy), v128.load(row))));
        row += 16;
      }
      slice += apart;
    }
    copies += 64;
  }
}

/** Writes the scores of inputs with outputs to the gradients, including some unneeded ones that fill tiles. */
export function scores(): void {
  let y = across;
  for (let low: u32 = 0; low < quads; low += panel) {
    scorePanel(low, min(low + panel, quads), y);
    y += bytes << 4;
  }
}

/**
 * Scores a panel, the quads `low` … `high` - 1, whose transposed copy is at `y`. Skips the first and last quad of outputs for inputs that
 * do not use them, where that saves tiles.
 */
function scorePanel(low: u32, high: u32, y: usize): void {
  const count = <i32>inputs;
  const width = high - low;
  // Inputs from `from` on use the last quad, those before `to` the first.
  let from = high == quads && width > 2 ? backFrom : 0;
  let to = low == 0 && width > 2 ? max(from, frontTo) : count;
  if (width == 4) {
    // Without a skipped quad there are three, which are processed for three inputs at once.
    from -= from % 3;
    to += (count - to) % 3;
  } else if (width == 3) {
    if (to == count) from = max(0, count - inThrees(count - from));
    else to = min(count, from + inThrees(to - from));
  }
  if (from > 0) scoreTiles(0, from, low, high - 1, y);
  if (from < to) scoreTiles(from, to, low, high, y);
  if (to < count) scoreTiles(to, count, low + 1, high, y + 16);
}

/** Rounds up to a multiple of three. */
// @ts-ignore: decorator
@inline
function inThrees(count: i32): i32 {
  return 3 * ((count + 2) / 3);
}

/** Scores inputs `from` … `to` - 1, and up to three more, with quads `low` … `high` - 1, whose transposed copies begin at `y`. */
function scoreTiles(from: i32, to: i32, low: u32, high: u32, y: usize): void {
  const length = bytes;
  const apart = stride;
  const end = inRow + (<usize>to << 2);
  const width = high - low;
  let at = inRow + (<usize>from << 2);
  let g = gradients + <usize>from * apart + (<usize>low << 4);
  if (width == 4) {
    for (; at < end; at += 8) {
      scoreTile4(<usize>load<u32>(at), <usize>load<u32>(at, 4), length, y, g, g + apart);
      g += 2 * apart;
    }
  } else if (width == 3) {
    for (; at < end; at += 12) {
      scoreTile3(<usize>load<u32>(at), <usize>load<u32>(at, 4), <usize>load<u32>(at, 8), length, y, g, apart);
      g += 3 * apart;
    }
  } else {
    for (; at < end; at += 16) {
      const x0 = <usize>load<u32>(at);
      const x1 = <usize>load<u32>(at, 4);
      const x2 = <usize>load<u32>(at, 8);
      const x3 = <usize>load<u32>(at, 12);
      if (width == 2) scoreTile2(x0, x1, x2, x3, length, y, g, apart);
      else scoreTile1(x0, x1, x2, x3, length, y, g, apart);
      g += 4 * apart;
    }
  }
}

/** Updates outputs m and m + 1 by inputs `from` … `to` - 1, which must still be unchanged. */
// @ts-ignore: decorator
@inline
export function updateOutputs(m: u32, from: i32, to: i32): void {
  if (from >= to) return;
  const t = outRow + (<usize>m << 2);
  const list = inRow + (<usize>from << 2);
  const g = gradients + <usize>from * stride + (<usize>m << 2);
  gainFromList(<usize>load<u32>(t), <usize>load<u32>(t, 4), list, inRow + (<usize>to << 2), bytes, g, stride);
}

/**
 * Whether too many pairs of inputs are one track, as where it plays several times in a row. Halfway, its row would get back what it gave
 * itself through the others of its plays, which `leaveOwn` does not know, and grow without bound.
 */
export function doInputsRecur(): bool {
  const end = inRow + (<usize>inputs << 2);
  let pairs = i32x4.splat(0);
  for (let at = inRow; at < end; at += 4) {
    const row = v128.load_splat<u32>(at);
    // Reads up to three rows of zeros after the inputs.
    for (let other = at + 4; other < end; other += 16) pairs = i32x4.sub(pairs, i32x4.eq(row, v128.load(other)));
  }
  return laneSum(pairs) > MOST_PAIRS;
}

// @ts-ignore: decorator
@inline
export function laneSum(v: v128): i32 {
  const pairs = i32x4.add(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
}

/** Updates the rows in `list`, one per input, by the copies of the outputs. @param met whether these are halfway */
export function updateInputs(list: usize, met: bool): void {
  const apart = stride;
  const length = bytes;
  const count = <i32>inputs;
  for (let u = 0; u < count; u += 2) {
    // Skips the quads of centres whose windows contain neither input.
    const from: u32 = u >= frontTo || u + 2 <= frontFrom ? 4 : 0;
    const to: u32 = (quads << 2) - (u >= backTo || u + 2 <= backFrom ? 4 : 0);
    const g = gradients + <usize>u * apart + (<usize>from << 2);
    const slices = outputCopies + (<usize>from << 6);
    const at = list + (<usize>u << 2);
    const one = <usize>load<u32>(at);
    const two = <usize>load<u32>(at, 4);
    if (met) {
      leaveOwn(one, length, g, (to - from) << 2);
      leaveOwn(two, length, g + apart, (to - from) << 2);
    }
    gainFromSlices(one, two, slices, <usize>quads << 8, to - from, length, g, g + apart);
  }
}

/**
 * Subtracts in advance what an input would get back of its own update of the outputs: ½ Σ g² of its row, for the `count` bytes of
 * gradients at `g`. Otherwise rows would grow without bound.
 */
function leaveOwn(row: usize, length: usize, g: usize, count: usize): void {
  let squares = f32x4.splat(0);
  for (let at = g; at < g + count; at += 16) {
    const each = v128.load(at);
    squares = mac(squares, each, each);
  }
  const pairs = f32x4.add(squares, v128.shuffle<f32>(squares, squares, 2, 3, 0, 1));
  const sum = f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
  const rest = f32x4.splat(1 - 0.5 * sum);
  for (let at = row; at < row + length; at += 16) v128.store(at, f32x4.mul(v128.load(at), rest));
}

// The ranges of inputs that use the first and the last quad of outputs.
let frontFrom: i32 = 0;
let frontTo: i32 = 0;
let backFrom: i32 = 0;
let backTo: i32 = 0;

/** The inputs used by the quad of centres from `c` on: the first, and one past the last. */
// @ts-ignore: decorator
@inline
export function fromOfQuad(c: u32): i32 {
  return c == 0 ? frontFrom : backFrom;
}

// @ts-ignore: decorator
@inline
export function toOfQuad(c: u32): i32 {
  return c == 0 ? frontTo : backTo;
}

/** Lets every input use all outputs. */
// @ts-ignore: decorator
@inline
export function openSpans(): void {
  frontFrom = 0;
  frontTo = inputs;
  backFrom = 0;
  backTo = inputs;
}

/** Sets the inputs `from` … `to` - 1 of the quad of centres from `c` on, widened to whole pairs. */
// @ts-ignore: decorator
@inline
export function setSpan(c: u32, from: i32, to: i32): void {
  const even = from & ~1;
  const odd = min<i32>(inputs, (to + 1) & ~1);
  if (c == 0) {
    frontFrom = even;
    frontTo = odd;
  } else {
    backFrom = even;
    backTo = odd;
  }
}

/** Clears the gradients of the padding row after the inputs, which is used if their number is odd. */
// @ts-ignore: decorator
@inline
export function clearLast(): void {
  const start = gradients + <usize>inputs * stride;
  for (let at = start; at < start + stride; at += 16) v128.store(at, f32x4.splat(0));
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

/**
 * The group of centres and the block of inputs that are worked on: which rows, and the three products over them.
 *
 * Outputs lie in quads: G[input][output] is a row of `stride` bytes an input, a vector a quad. Four quads are a panel, whose transposed
 * copy is a block of its own. What fills up the last quad of a kind is a row of zeros with gradients of zero.
 */
import {
  copyQuad,
  gainFromList,
  gainFromRows,
  scoreTile1,
  scoreTile2,
  scoreTile3,
  scoreTile4,
} from "./_products";
import {
  across,
  BLOCK,
  bytes,
  dummy,
  gradients,
  group,
  inputAt,
  inRow,
  negatives,
  outputCopies,
  outRow,
  shared,
  windows,
} from "./_settings";

// The group and the block that is worked on.
export let first: u32 = 0;
export let centres: u32 = 0;
export let low: u32 = 0;
export let high: u32 = 0;
export let drawn: usize = 0;
/** How many inputs the block has, and where: position `base` is input 0. */
export let base: u32 = 0;
export let inputs: u32 = 0;
/** Quads of outputs, and bytes between two rows of the block of gradients. */
export let quads: u32 = 0;
export let stride: usize = 0;

// @ts-ignore: decorator
@inline
export function openGroup(first_: u32, centres_: u32): void {
  first = first_;
  centres = centres_;
  drawn = negatives + ((<usize>(first_ / group) * shared) << 3);
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

/** Names the inputs of a block: `count` from position `from` on, whose addresses the caller has at `inRow`. */
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
  memory.copy(rows, inputAt + (<usize>from << 2), <usize>count << 2);
  evenInputs(rows);
}

/** Inputs are worked in pairs: where their number is odd, a row of zeros is the last. */
// @ts-ignore: decorator
@inline
export function evenInputs(list: usize): void {
  store<u32>(list + (<usize>inputs << 2), <u32>dummy);
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

/** Copies the rows of `count` quads of outputs, whose addresses are in `outRow`: all gradients are taken at them. */
export function copyOutputs(count: u32): void {
  quads = count;
  stride = <usize>count << 4;
  const length = bytes;
  let list = outRow;
  let to = outputCopies;
  for (let q: u32 = 0; q < count; q++) {
    const panel = q & ~3;
    const width = <usize>min<u32>(4, count - panel) << 4;
    const at = across + ((<usize>panel * length) << 2) + (<usize>(q & 3) << 4);
    copyQuad(
      <usize>load<u32>(list),
      <usize>load<u32>(list, 4),
      <usize>load<u32>(list, 8),
      <usize>load<u32>(list, 12),
      length,
      to,
      at,
      width,
    );
    list += 16;
    to += length << 2;
  }
}

/** The scores of all inputs with all outputs, into the block of gradients. */
export function scores(): void {
  const length = bytes;
  const apart = stride;
  const count = quads;
  const list = inRow;
  const end = list + (<usize>inputs << 2);
  for (let q: u32 = 0; q < count; q += 4) {
    const y = across + ((<usize>q * length) << 2);
    const width = min<u32>(4, count - q);
    let g = gradients + (<usize>q << 4);
    for (let at = list; at < end; at += 8) {
      const x0 = <usize>load<u32>(at);
      const x1 = <usize>load<u32>(at, 4);
      if (width == 4) scoreTile4(x0, x1, length, y, g, g + apart);
      else if (width == 3) scoreTile3(x0, x1, length, y, g, g + apart);
      else if (width == 2) scoreTile2(x0, x1, length, y, g, g + apart);
      else scoreTile1(x0, x1, length, y, g, g + apart);
      g += 2 * apart;
    }
  }
}

/** The outputs number m and m + 1 gain what the inputs `from` … `to` - 1, which nothing may have changed yet, give them. */
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
 * The rows listed in `list`, one an input, gain what the outputs, as they were copied, give the inputs.
 */
export function updateInputs(list: usize): void {
  const apart = stride;
  const length = bytes;
  const count = <i32>inputs;
  for (let u = 0; u < count; u += 2) {
    // All quads but those of centres that have neither of the two in their windows.
    const from: u32 = u >= frontTo || u + 2 <= frontFrom ? 4 : 0;
    const to: u32 = (quads << 2) - (u >= backTo || u + 2 <= backFrom ? 4 : 0);
    const g = gradients + <usize>u * apart + (<usize>from << 2);
    const rows = outputCopies + <usize>from * length;
    const at = list + (<usize>u << 2);
    gainFromRows(<usize>load<u32>(at), <usize>load<u32>(at, 4), rows, to - from, length, g, g + apart);
  }
}

// The inputs that the first and the last quad of outputs have to do with.
let frontFrom: i32 = 0;
let frontTo: i32 = 0;
let backFrom: i32 = 0;
let backTo: i32 = 0;

/** Every input has to do with all outputs. */
// @ts-ignore: decorator
@inline
export function openSpans(): void {
  frontFrom = 0;
  frontTo = inputs;
  backFrom = 0;
  backTo = inputs;
}

/** The first quad of outputs has to do with the inputs in the windows of the first four centres alone, the last with those of the others. */
// @ts-ignore: decorator
@inline
export function setSpans(bag: bool, large: bool): void {
  openSpans();
  frontFrom = lowestOf(0, bag);
  frontTo = highestOf(0, bag);
  if (!large) return;
  backFrom = lowestOf(4, bag);
  backTo = highestOf(4, bag);
}

// @ts-ignore: decorator
@inline
function lowestOf(from: u32, bag: bool): i32 {
  let lowest: i32 = inputs;
  for (let c = from; c < min(centres, from + 4); c++) lowest = min(lowest, fromOf(c, bag));
  return lowest;
}

// @ts-ignore: decorator
@inline
function highestOf(from: u32, bag: bool): i32 {
  let highest: i32 = 0;
  for (let c = from; c < min(centres, from + 4); c++) highest = max(highest, toOf(c, bag));
  return highest;
}

/** Where their number is odd, the row of zeros behind the inputs gets and gives nothing. */
// @ts-ignore: decorator
@inline
export function clearLast(): void {
  memory.fill(gradients + <usize>inputs * stride, 0, stride);
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

/** Rows of the matrices: where they are, and the copies of a shard, whose differences are merged when its round is over. */
import { addRow, copyRow } from "./_products";
import { mix, nextRandom, seedRandom } from "./_random";
import { bytes, local, rows, slots, wanted } from "./_settings";

// The shard that is worked on: copies of rows, and which rows they are.
let copies: usize = 0;
let touched: usize = 0;
let touchedCount: u32 = 0;
/** WebAssembly has no prefetch; an unused sum of one number a cache line does it. */
let touchSum: u32 = 0;

export function openShard(copies_: usize, touched_: usize): void {
  copies = copies_;
  touched = touched_;
  touchedCount = 0;
}

/** So that the sum counts as used. */
export function touchedSum(): u32 {
  return touchSum;
}

/**
 * Writes the addresses of `count` tracks' rows to `to`, and touches the rows: in a loop that does nothing else, so that many
 * loads are under way at once. `step` and `stride` are the bytes between two tracks and two addresses.
 */
// @ts-ignore: decorator
@inline
export function findRows(tracks: usize, count: u32, step: usize, first: u32, to: usize, stride: usize): void {
  const length = bytes;
  const end = tracks + <usize>count * step;
  const origin = rows + <usize>first * length;
  const list = to;
  for (let at = tracks; at < end; at += step) {
    store<u32>(to, <u32>(origin + <usize>load<u32>(at) * length));
    to += stride;
  }
  let sum: u32 = 0;
  if (length <= 128) {
    for (let at = list; at < to; at += stride) {
      const row = <usize>load<u32>(at);
      sum += load<u32>(row) + load<u32>(row + length - 16);
    }
  } else {
    // Three cache lines at a time, the last perhaps of the next row: the fewer instructions a load, the more loads are under way.
    for (let c: usize = 0; c < length; c += 192) {
      for (let at = list; at < to; at += stride) {
        const row = <usize>load<u32>(at) + c;
        sum += load<u32>(row) + load<u32>(row, 64) + load<u32>(row, 128);
      }
    }
  }
  if (local) {
    const slot = slots + (<usize>first << 2);
    for (let at = tracks; at < end; at += step) sum += load<u32>(slot + (<usize>load<u32>(at) << 2));
    to = list;
    for (let at = tracks; at < end; at += step) {
      store<u32>(to, <u32>copyOf(first + load<u32>(at), <usize>load<u32>(to)));
      to += stride;
    }
  }
  touchSum += sum;
}

/** The address of a row: the row itself, or this shard's copy of it. */
// @ts-ignore: decorator
@inline
export function addressOf(row: u32): usize {
  const own = rows + <usize>row * bytes;
  if (!local) return own;
  return copyOf(row, own);
}

function copyOf(row: u32, own: usize): usize {
  const slotAt = slots + (<usize>row << 2);
  let copy = <usize>load<u32>(slotAt);
  if (copy == 0) {
    copy = copies + <usize>touchedCount * bytes;
    store<u32>(slotAt, <u32>copy);
    store<u32>(touched + (<usize>touchedCount << 2), row);
    touchedCount += 1;
    copyRow(own, copy, bytes);
  }
  return copy;
}

/** Turns this shard's copies into differences from the (still unchanged) rows and forgets where the copies are. */
export function finishChunk(): u32 {
  let copy = copies;
  for (let n: u32 = 0; n < touchedCount; n++) {
    const row = load<u32>(touched + (<usize>n << 2));
    store<u32>(slots + (<usize>row << 2), 0);
    subtractRow(rows + <usize>row * bytes, copy, bytes);
    copy += bytes;
  }
  return touchedCount;
}

/**
 * Adds a shard's differences to the rows of one part out of `parts`. Which rows these are is found first, without branches (they
 * would be past prediction), and then many rows are under way at once.
 */
export function mergeShard(copies_: usize, touched_: usize, count: u32, part: u32, parts: u32): void {
  let end = wanted;
  for (let n: u32 = 0; n < count; n++) {
    store<u32>(end, n);
    // A number in 0 … parts - 1 from the upper bits of a product: rows of all counts in all parts.
    const hash = (load<u32>(touched_ + (<usize>n << 2)) * 0x9e3779b1) >> 16;
    end += <usize>(<u32>((hash * parts) >> 16 == part) << 2);
  }
  for (let at = wanted; at < end; at += 4) {
    const n = <usize>load<u32>(at);
    addRow(copies_ + n * bytes, rows + <usize>load<u32>(touched_ + (n << 2)) * bytes, bytes);
  }
}

// @ts-ignore: decorator
@inline
function subtractRow(row: usize, from: usize, length: usize): void {
  const end = from + length;
  for (; from < end; from += 16) {
    v128.store(from, f32x4.sub(v128.load(from), v128.load(row)));
    row += 16;
  }
}

/**
 * Fills rows of inputs with numbers uniform in [-1, 1) / size, as gensim 4 does; what pads a row to whole vectors stays zero. A
 * row depends on the seed and its own number alone.
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

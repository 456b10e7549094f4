/** Rows of the matrices: where they are. */
import { copyOf, isAlone } from "./_copies";
import { mix, nextRandom, seedRandom } from "./_random";
import { bytes, local, rows, vocabulary } from "./_settings";

/** WebAssembly has no prefetch; an unused sum of one number a cache line does it. */
let touchSum: u32 = 0;

/** So that the sum counts as used. */
export function touchedSum(): u32 {
  return touchSum;
}

/**
 * Writes the addresses of `count` tracks' rows to `to`, and touches the rows: in a loop that does nothing else, so that many
 * loads are under way at once. `step` and `stride` are the bytes between two tracks and two addresses; `first` is the matrix's first row.
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
  touchSum += sum;
  if (!local) return;
  // As an input, a track is where it was kept; as an output, where it was drawn, too.
  const drawn: usize = first == 0 ? 0 : <usize>vocabulary;
  to = list;
  for (let at = tracks; at < end; at += step) {
    const track = load<u32>(at);
    if (!isAlone(<usize>track, drawn)) store<u32>(to, <u32>copyOf(first + track, <usize>load<u32>(to)));
    to += stride;
  }
}

/** The address of a row: the row itself, or, with shards, a copy of it. */
// @ts-ignore: decorator
@inline
export function addressOf(row: u32): usize {
  const own = rows + <usize>row * bytes;
  if (!local) return own;
  return copyOf(row, own);
}

/**
 * Fills rows of inputs with numbers uniform in [-1, 1) / size, as gensim 4 does; what pads a row to whole vectors stays zero. A
 * row depends on the seed and its own number alone.
 */
export function initializeRows(from: u32, to: u32, size: u32, seed: u64): void {
  for (let row = from; row < to; row++) {
    seedRandom(mix(seed ^ mix(<u64>row + 1)));
    const own = rows + <usize>row * bytes;
    // Two numbers of 24 bits from each random one.
    for (let d: u32 = 0; d < size; d += 2) {
      const random = nextRandom();
      const at = own + (<usize>d << 2);
      store<f32>(at, (<f32>(random >> 40) / 8388608 - 1) / <f32>size);
      if (d + 1 < size) store<f32>(at, (<f32>(<u32>random >> 8) / 8388608 - 1) / <f32>size, 4);
    }
  }
}

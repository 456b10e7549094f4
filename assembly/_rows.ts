/** Finds and initialises rows of the matrices. */
import { copyOf, isAlone } from "./_copies";
import { mix, nextRandom, seedRandom } from "./_random";
import { bytes, local, rows, vocabulary } from "./_settings";

/** Replaces prefetching, which WebAssembly lacks: the unused sum of one number per cache line. */
let touchSum: u32 = 0;

/** Exported so that the compiler keeps the sum. */
export function touchedSum(): u32 {
  return touchSum;
}

/**
 * Writes the addresses of `count` tracks' rows to `to`, and touches the rows in a loop that does nothing else, so that many loads
 * overlap. `step` and `stride` are the bytes between two tracks and two addresses; `first` is the matrix's first row.
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
    // Three cache lines at a time, the last possibly of the next row: with fewer instructions per load, more loads overlap.
    for (let c: usize = 0; c < length; c += 192) {
      for (let at = list; at < to; at += stride) {
        const row = <usize>load<u32>(at) + c;
        sum += load<u32>(row) + load<u32>(row, 64) + load<u32>(row, 128);
      }
    }
  }
  touchSum += sum;
  if (!local) return;
  // A shard uses an input row if it kept the track, and an output row also if it drew the track.
  const drawn: usize = first == 0 ? 0 : <usize>vocabulary;
  to = list;
  for (let at = tracks; at < end; at += step) {
    const track = load<u32>(at);
    if (!isAlone(<usize>track, drawn)) store<u32>(to, <u32>copyOf(first + track, <usize>load<u32>(to)));
    to += stride;
  }
}

/** The address of a row or, with shards, of its copy. */
// @ts-ignore: decorator
@inline
export function addressOf(row: u32): usize {
  const own = rows + <usize>row * bytes;
  if (!local) return own;
  return copyOf(row, own);
}

/**
 * Fills rows of inputs with uniform numbers in [-1, 1) / size, as gensim 4 does; padding stays zero. A row depends only on the seed and
 * its number.
 */
export function initializeRows(from: u32, to: u32, size: u32, seed: u64): void {
  for (let row = from; row < to; row++) {
    seedRandom(mix(seed ^ mix(<u64>row + 1)));
    const own = rows + <usize>row * bytes;
    // Two 24-bit numbers from each random number.
    for (let d: u32 = 0; d < size; d += 2) {
      const random = nextRandom();
      const at = own + (<usize>d << 2);
      store<f32>(at, (<f32>(random >> 40) / 8388608 - 1) / <f32>size);
      if (d + 1 < size) store<f32>(at, (<f32>(<u32>random >> 8) / 8388608 - 1) / <f32>size, 4);
    }
  }
}

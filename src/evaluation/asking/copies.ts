/** Detects playlists asked about that are also in training under another id, where memorising is enough to hit. */
import type { Corpus } from "../../corpus/index.js";

/** Fewer tracks may be the same by chance. */
const enoughTracks = 5;

/** The track sets of training playlists. */
export class PlaylistSets {
  /** One per playlist, ascending. */
  readonly #fingerprints: Float64Array;
  /** By track number: the last list in which it was counted. */
  readonly #seen: Int32Array;
  #lists = 0;

  constructor({ tracks, items, offsets }: Corpus) {
    this.#seen = new Int32Array(tracks.length);
    this.#fingerprints = Float64Array.from({ length: offsets.length - 1 }, (_, p) =>
      this.#fingerprintOf(items.subarray(offsets[p]!, offsets[p + 1]!)),
    ).sort();
  }

  /** Whether a playlist has exactly these tracks, five or more, regardless of order and repeats. @param numbers negative if unknown: never in a playlist */
  holds(numbers: ArrayLike<number>): boolean {
    const wanted = this.#fingerprintOf(numbers);
    if (wanted === tooShort) return false;
    let [low, high] = [0, this.#fingerprints.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#fingerprints[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return this.#fingerprints[low] === wanted;
  }

  /** Equal for equal sets, in 53 bits: collisions are too unlikely to matter. */
  #fingerprintOf(numbers: ArrayLike<number>): number {
    if (numbers.length < enoughTracks) return tooShort;
    const list = ++this.#lists;
    let distinct = 0;
    let low = 0;
    let high = 0;
    for (let i = 0; i < numbers.length; i++) {
      const number = numbers[i]!;
      if (number < 0) return tooShort;
      if (this.#seen[number] === list) continue;
      this.#seen[number] = list;
      distinct++;
      low = (low + mixed(number)) | 0;
      high = (high + mixed(~number)) | 0;
    }
    return distinct < enoughTracks ? tooShort : (high >>> 11) * 2 ** 32 + (low >>> 0);
  }
}

const tooShort = -1;

/** MurmurHash3's finalizer: spreads consecutive numbers. */
function mixed(number: number): number {
  let hash = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Whether a playlist that is asked about is in training too, under another id: what is learned by heart then counts as a hit. */
import type { Corpus } from "../corpus/index.js";

/** Fewer tracks may come together by chance. */
const enoughTracks = 5;

/** The sets of tracks that training playlists hold. */
export class PlaylistSets {
  /** Of each playlist that is long enough, ascending. */
  readonly #fingerprints: Float64Array;
  /** By track number: the last list it was counted in. */
  readonly #seen: Int32Array;
  #lists = 0;

  constructor({ tracks, items, offsets }: Corpus) {
    this.#seen = new Int32Array(tracks.length);
    this.#fingerprints = Float64Array.from({ length: offsets.length - 1 }, (_, p) =>
      this.#fingerprintOf(items.subarray(offsets[p]!, offsets[p + 1]!)),
    ).sort();
  }

  /** Whether one holds just these tracks, five or more, whatever their order and repeats. @param numbers negative ones are in none */
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

  /** The same for the same set, in 53 bits: two sets that share one are not to be met with. */
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

/** MurmurHash3's finalizer: numbers beside each other come far apart. */
function mixed(number: number): number {
  let hash = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

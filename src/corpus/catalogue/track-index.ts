/** Maps track ids to numbers, with one shared index per list of tracks. */
import { remembered } from "../../system/index.js";

const indices = new WeakMap<readonly string[], TrackIndex>();

/** The index of a list of tracks. The first call takes one pass over the list, which must not change afterwards. */
export function trackIndex(tracks: readonly string[]): TrackIndex {
  return remembered(indices, tracks, () => new TrackIndex(tracks));
}

/**
 * A hash table with linear probing that leaves the ids in their list: a Map of two million ids takes five times as long to fill
 * and several times the memory.
 */
export class TrackIndex {
  readonly #tracks: readonly string[];
  /** Two values per slot: a track's number + 1, or 0 if the slot is free, and the hash of its id. */
  readonly #slots: Int32Array;
  readonly #mask: number;

  /** @param tracks if an id occurs twice, its last position counts */
  constructor(tracks: readonly string[]) {
    this.#tracks = tracks;
    let size = 16;
    while (3 * size < 4 * tracks.length) size *= 2;
    this.#mask = size - 1;
    this.#slots = new Int32Array(2 * size);
    for (let i = 0; i < tracks.length; i++) {
      const hash = hashOf(tracks[i]!);
      const at = this.#find(tracks[i]!, hash);
      this.#slots[at] = i + 1;
      this.#slots[at + 1] = hash;
    }
  }

  /** A track's position in the list, or undefined if it is not there. */
  get(track: string): number | undefined {
    const found = this.#slots[this.#find(track, hashOf(track))]!;
    return found === 0 ? undefined : found - 1;
  }

  /** The position of an id's slot, or of the free slot where it belongs. */
  #find(track: string, hash: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = 2 * slot;
      const here = slots[at]!;
      if (here === 0 || (slots[at + 1] === hash && this.#tracks[here - 1] === track)) return at;
    }
  }
}

/** FNV-1a over UTF-16 units. MurmurHash3's finalizer mixes the bits, since the lowest ones choose the slot. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

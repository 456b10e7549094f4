/**
 * The blend's links between tracks: for each track, the tracks that followed it, came before it or were near it in a playlist,
 * with several weights per link. Each track keeps only its strongest links.
 */
import { keptPerTrack, recencyWeights } from "../../core/pairs/pairs.js";
import type { PlayIndex } from "../../core/plays/play-index.js";
import { type Sessions, sessionCount } from "../../core/plays/sessions.js";
import { largest } from "../../core/scores/largest.js";
import { type LinksMemory, linksMemory, linkWidth } from "./links-memory.js";

/** The weights of one link, in this order. */
export const linkWeights = {
  /** Plays of the other track right after. */
  next: 0,
  /** Plays of the other track after, weighted 1/d at distance d. */
  after: 1,
  /** Plays of the other track before, weighted 1/d at distance d. */
  before: 2,
  /** Plays of the other track in the window, on either side. */
  together: 3,
  /** Like `after`, but recent playlists count more. */
  late: 4,
} as const;
export const weightsPerLink = 5;

/** The links of one track: elements [start, end) of `tracks`, with `weightsPerLink` weights each. */
export interface LinkRow {
  readonly tracks: Uint32Array;
  readonly weights: Float32Array;
  readonly start: number;
  readonly end: number;
}

export interface LinkOptions {
  /** The reach of a link on either side, in places. */
  readonly window: number;
  /** The age, as a share of all playlists, at which `late` weighs 1/e. */
  readonly recency: number;
  /** The maximum number of links per track. */
  readonly keep: number;
  /** How many links to cache for later queries (24 bytes each); beyond it, only expensive ones are cached. Default: 5 million. */
  readonly room?: number;
}

/** Links of tracks with this many neighbours are always cached; all others are counted in microseconds. */
const neighboursToKeep = 4000;

/**
 * Counts links on demand, so that a model is ready as soon as it is read. They are cached while there is room, and beyond that only if
 * counting them takes long.
 */
export class Links {
  /** The sums of each track's weights before pruning, `weightsPerLink` per track; only valid after `row` of that track. */
  readonly totals: Float32Array;
  readonly #sessions: Sessions;
  readonly #plays: PlayIndex;
  readonly #age: Float64Array;
  readonly #window: number;
  readonly #room: number;
  readonly #memory: LinksMemory;
  /** 0, 1, 2 … for each link that a track may have. */
  readonly #numbers: Uint32Array;
  readonly #picked: Uint32Array;
  readonly #pickedStrengths: Float64Array;
  /** Where a track's links start in `#kept`, + 1; 0 if they are not cached. */
  readonly #starts: Uint32Array;
  readonly #counts: Uint32Array;
  readonly #kept: Store;
  /** Links that are not cached, for the duration of one query. */
  readonly #brief: Store;

  constructor(sessions: Sessions, plays: PlayIndex, options: LinkOptions) {
    const { window } = options;
    const { trackCount } = sessions;
    const keep = keptPerTrack(options.keep, trackCount);
    this.#sessions = sessions;
    this.#plays = plays;
    this.#age = recencyWeights(sessionCount(sessions), options.recency);
    this.#window = window;
    this.#room = options.room ?? 5_000_000;
    this.#memory = linksMemory(sessions, window, mostPlays(plays.offsets));
    this.#numbers = Uint32Array.from({ length: this.#memory.others.length }, (_, i) => i);
    this.#picked = new Uint32Array(keep);
    this.#pickedStrengths = new Float64Array(keep);
    this.#kept = new Store(keep);
    this.#brief = new Store(keep);
    this.#starts = new Uint32Array(trackCount);
    this.#counts = new Uint32Array(trackCount);
    this.totals = new Float32Array(trackCount * weightsPerLink);
  }

  /** Allows the rows returned so far to be overwritten. */
  forget(): void {
    this.#brief.clear();
  }

  /** The strongest links of a track; valid until `forget`. */
  row(track: number): LinkRow {
    const at = this.#starts[track]! - 1;
    if (at >= 0) return this.#kept.row(at, this.#counts[track]!);
    const plays = this.#plays.offsets[track + 1]! - this.#plays.offsets[track]!;
    const isKept = this.#kept.length < this.#room || plays * 2 * this.#window >= neighboursToKeep;
    const store = isKept ? this.#kept : this.#brief;
    const picked = this.#strongest(this.#count(track));
    this.totals.set(this.#memory.sums, track * weightsPerLink);
    const start = store.add(this.#memory, picked);
    if (isKept) {
      this.#starts[track] = start + 1;
      this.#counts[track] = picked.length;
    }
    return store.row(start, picked.length);
  }

  /** Counts all links of a track in the kernel's memory; returns how many there are. */
  #count(track: number): number {
    const { offsets, positions, sessions } = this.#plays;
    const { offsets: bounds } = this.#sessions;
    const window = this.#window;
    const { kernel, items, after, before, slots, others, links, strengths, sums } = this.#memory;
    const [itemsAt, afterAt, beforeAt] = [items.byteOffset, after.byteOffset, before.byteOffset];
    const [slotsAt, othersAt, linksAt] = [slots.byteOffset, others.byteOffset, links.byteOffset];
    let count = 0;
    for (let o = offsets[track]!; o < offsets[track + 1]!; o++) {
      const at = positions[o]!;
      const session = sessions[o]!;
      const first = Math.max(bounds[session]!, at - window);
      const last = Math.min(bounds[session + 1]! - 1, at + window);
      count = kernel.addPlay(
        itemsAt,
        first,
        at,
        last,
        this.#age[session]!,
        afterAt,
        beforeAt,
        slotsAt,
        othersAt,
        linksAt,
        count,
      );
    }
    kernel.close(slotsAt, othersAt, linksAt, count, strengths.byteOffset, sums.byteOffset);
    return count;
  }

  /** The indexes of the strongest links just counted, ascending. */
  #strongest(found: number): Uint32Array {
    if (found <= this.#picked.length) return this.#numbers.subarray(0, found);
    largest(this.#memory.strengths, this.#numbers, found, this.#picked, this.#pickedStrengths);
    return this.#picked.sort();
  }
}

/** Rows of links, in pieces of memory that never move, so that returned rows stay valid. */
class Store {
  /** The number of links, including unused space at the ends of pieces. */
  length = 0;
  readonly #perPiece: number;
  readonly #pieces: Array<{ readonly tracks: Uint32Array; readonly weights: Float32Array }> = [];

  /** @param longest the maximum number of links of a row */
  constructor(longest: number) {
    this.#perPiece = Math.max(1 << 16, longest);
  }

  clear(): void {
    this.length = 0;
  }

  row(start: number, count: number): LinkRow {
    const piece = Math.floor(start / this.#perPiece);
    const first = start - piece * this.#perPiece;
    const { tracks, weights } = this.#pieces[piece]!;
    return { tracks, weights, start: first, end: first + count };
  }

  /** Appends links from the kernel's memory; returns where they start. */
  add({ others, links }: LinksMemory, picked: Uint32Array): number {
    const size = this.#perPiece;
    const left = size - (this.length % size);
    if (picked.length > left) this.length += left;
    const start = this.length;
    const piece = Math.floor(start / size);
    this.#pieces[piece] ??= {
      tracks: new Uint32Array(size),
      weights: new Float32Array(size * weightsPerLink),
    };
    const { tracks, weights } = this.#pieces[piece];
    let at = start - piece * size;
    let to = at * weightsPerLink;
    for (let i = 0; i < picked.length; i++) {
      const link = picked[i]!;
      const from = link * linkWidth;
      tracks[at++] = others[link]!;
      for (let w = 0; w < weightsPerLink; w++) weights[to++] = links[from + w]!;
    }
    this.length += picked.length;
    return start;
  }
}

/** The plays of the most played track; `offsets` are those of a `PlayIndex`. */
function mostPlays(offsets: Uint32Array): number {
  let most = 0;
  for (let t = 1; t < offsets.length; t++) most = Math.max(most, offsets[t]! - offsets[t - 1]!);
  return most;
}

/** By track: the number of plays within `window` places of its own, which is the sum of its `together` weights. */
export function neighboursInWindow(sessions: Sessions, window: number): Float64Array {
  const { trackCount, offsets, items } = sessions;
  const counts = new Float64Array(trackCount);
  for (let s = 0; s < sessionCount(sessions); s++) {
    const start = offsets[s]!;
    const last = offsets[s + 1]! - 1;
    for (let i = start; i <= last; i++) {
      counts[items[i]!]! += Math.min(last, i + window) - Math.max(start, i - window);
    }
  }
  return counts;
}

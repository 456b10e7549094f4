/**
 * The links between tracks that the blend reads, several kinds of weight at once: for each track the tracks that followed
 * it, came before it or shared a playlist with it, pruned to the strongest.
 */
import { largest } from "../core/largest.js";
import { keptPerTrack, occurrences, recencyWeights, sessionOfPlay } from "../core/pairs.js";
import { type Sessions, sessionCount } from "../core/sessions.js";
import { type LinksMemory, linksMemory, linkWidth } from "./links-memory.js";

/** The weights of one link, in this order. */
export const linkWeights = {
  /** Plays of the other right after. */
  next: 0,
  /** Plays of the other after, at distance d weighing 1/d. */
  after: 1,
  /** Plays of the other before, at distance d weighing 1/d. */
  before: 2,
  /** Plays of the other in the window, to either side. */
  together: 3,
  /** As `after`, the playlists of late counting more. */
  late: 4,
} as const;
export const weightsPerLink = 5;

/** The links of one track: the tracks [start, end), `weightsPerLink` weights each. */
export interface LinkRow {
  readonly tracks: Uint32Array;
  readonly weights: Float32Array;
  readonly start: number;
  readonly end: number;
}

export interface LinkOptions {
  /** How far a link reaches to either side, in places. */
  readonly window: number;
  /** Age, as a share of all playlists, at which `late` weighs 1/e. */
  readonly recency: number;
  /** How many links a track keeps. */
  readonly keep: number;
  /** How many links of tracks that play seldom are kept for the next query that asks for them (24 bytes each). Default: none. */
  readonly room?: number;
}

/** Links of tracks that play at least so often are counted once and kept; those of all others are counted in little time. */
const playsToKeep = 4;

/**
 * Links counted when they are asked for, so that a model is ready as soon as it is read. What is kept grows up to the links of
 * all tracks that play often enough.
 */
export class Links {
  /** The sums of a track's weights before pruning, `weightsPerLink` a track, of the tracks that were asked for. */
  readonly totals: Float32Array;
  readonly #sessions: Sessions;
  readonly #where: ReturnType<typeof occurrences>;
  readonly #sessionOf: Uint32Array;
  readonly #age: Float64Array;
  readonly #window: number;
  readonly #room: number;
  readonly #memory: LinksMemory;
  /** 0, 1, 2 … for each link that a track may have. */
  readonly #numbers: Uint32Array;
  readonly #picked: Uint32Array;
  readonly #pickedStrengths: Float64Array;
  /** Where the links of a track are kept, + 1; 0: nowhere. */
  readonly #starts: Uint32Array;
  readonly #counts: Uint32Array;
  readonly #kept = new Store();
  /** Of the tracks that play seldom, for as long as one query takes. */
  readonly #brief = new Store();

  constructor(sessions: Sessions, options: LinkOptions) {
    const { window } = options;
    const { trackCount } = sessions;
    const keep = keptPerTrack(options.keep, trackCount);
    this.#sessions = sessions;
    this.#where = occurrences(sessions);
    this.#sessionOf = sessionOfPlay(sessions);
    this.#age = recencyWeights(sessionCount(sessions), options.recency);
    this.#window = window;
    this.#room = options.room ?? 0;
    this.#memory = linksMemory(sessions, window, mostPlays(this.#where.offsets));
    this.#numbers = Uint32Array.from({ length: this.#memory.others.length }, (_, i) => i);
    this.#picked = new Uint32Array(keep);
    this.#pickedStrengths = new Float64Array(keep);
    this.#starts = new Uint32Array(trackCount);
    this.#counts = new Uint32Array(trackCount);
    this.totals = new Float32Array(trackCount * weightsPerLink);
  }

  /** Rows that `row` gave before may be overwritten from here on. */
  forget(): void {
    this.#brief.length = 0;
  }

  /** The links of a track, the strongest ones; they stay as they are until `forget`. */
  row(track: number): LinkRow {
    const at = this.#starts[track]! - 1;
    if (at >= 0) return this.#kept.row(at, this.#counts[track]!);
    const plays = this.#where.offsets[track + 1]! - this.#where.offsets[track]!;
    const isBrief = plays < playsToKeep && this.#kept.length >= this.#room;
    const store = isBrief ? this.#brief : this.#kept;
    const start = store.length;
    const found = this.#count(track);
    this.#sum(track);
    const count = this.#keep(found, store);
    if (store === this.#kept) {
      this.#starts[track] = start + 1;
      this.#counts[track] = count;
    }
    return store.row(start, count);
  }

  /** Counts all links of a track in the kernel's memory; returns how many there are. */
  #count(track: number): number {
    const { positions, offsets } = this.#where;
    const { offsets: bounds } = this.#sessions;
    const window = this.#window;
    const { kernel, items, after, before, slots, others, links, strengths, sums } = this.#memory;
    const [itemsAt, afterAt, beforeAt] = [items.byteOffset, after.byteOffset, before.byteOffset];
    const [slotsAt, othersAt, linksAt] = [slots.byteOffset, others.byteOffset, links.byteOffset];
    let count = 0;
    for (let o = offsets[track]!; o < offsets[track + 1]!; o++) {
      const at = positions[o]!;
      const session = this.#sessionOf[at]!;
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

  #sum(track: number): void {
    this.totals.set(this.#memory.sums, track * weightsPerLink);
  }

  /** Moves the strongest of the links just counted into a store, in the order in which they were met; returns how many. */
  #keep(found: number, store: Store): number {
    const { strengths } = this.#memory;
    let picked = this.#numbers.subarray(0, found);
    if (found > this.#picked.length) {
      largest(strengths, this.#numbers, found, this.#picked, this.#pickedStrengths);
      picked = this.#picked.sort();
    }
    store.add(this.#memory, picked);
    return picked.length;
  }
}

/** Links in a row, growing. */
class Store {
  length = 0;
  tracks = new Uint32Array(1024);
  weights = new Float32Array(1024 * weightsPerLink);

  row(start: number, count: number): LinkRow {
    return { tracks: this.tracks, weights: this.weights, start, end: start + count };
  }

  /** Copies links out of the kernel's memory behind those that are here. */
  add({ others, links }: LinksMemory, picked: Uint32Array): void {
    this.#makeRoom(picked.length);
    const { tracks, weights } = this;
    let to = this.length * weightsPerLink;
    for (let i = 0; i < picked.length; i++) {
      const link = picked[i]!;
      const from = link * linkWidth;
      tracks[this.length + i] = others[link]!;
      for (let w = 0; w < weightsPerLink; w++) weights[to++] = links[from + w]!;
    }
    this.length += picked.length;
  }

  #makeRoom(more: number): void {
    const needed = this.length + more;
    if (needed <= this.tracks.length) return;
    const size = Math.max(needed, this.tracks.length * 2);
    const tracks = new Uint32Array(size);
    tracks.set(this.tracks);
    const weights = new Float32Array(size * weightsPerLink);
    weights.set(this.weights);
    // Rows handed out hold the old arrays, in which nothing changes.
    this.tracks = tracks;
    this.weights = weights;
  }
}

/** How often the track that plays most plays; `offsets` are those of `occurrences`. */
function mostPlays(offsets: Uint32Array): number {
  let most = 0;
  for (let t = 1; t < offsets.length; t++) most = Math.max(most, offsets[t]! - offsets[t - 1]!);
  return most;
}

/** How many plays stand within `window` places of a track's own, by track: what its `together` weights add up to. */
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

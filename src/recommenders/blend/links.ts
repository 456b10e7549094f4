/**
 * The links between tracks that the blend reads, several kinds of weight at once: for each track the tracks that followed
 * it, came before it or shared a playlist with it, pruned to the strongest.
 */
import { largest } from "../core/largest.js";
import { keptPerTrack, occurrences, recencyWeights, sessionOfPlay } from "../core/pairs.js";
import { type Sessions, sessionCount } from "../core/sessions.js";

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
  readonly #near: Float64Array;
  readonly #room: number;
  /** While a track is counted: the number of each other track's link among those of this one, + 1; else 0. */
  readonly #slots: Uint32Array;
  readonly #picked: Uint32Array;
  readonly #pickedScores: Float64Array;
  #scores = new Float64Array(1024);
  #numbers = new Uint32Array(1024);
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
    this.#near = Float64Array.from({ length: window + 1 }, (_, d) => (d === 0 ? 0 : 1 / d));
    this.#room = options.room ?? 0;
    this.#slots = new Uint32Array(trackCount);
    this.#picked = new Uint32Array(keep);
    this.#pickedScores = new Float64Array(keep);
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
    this.#count(track, store);
    this.#sum(track, store, start);
    this.#prune(store, start);
    const count = store.length - start;
    if (store === this.#kept) {
      this.#starts[track] = start + 1;
      this.#counts[track] = count;
    }
    return store.row(start, count);
  }

  /** Counts all links of a track behind those of the store. */
  #count(track: number, store: Store): void {
    const { positions, offsets } = this.#where;
    const { items, offsets: bounds } = this.#sessions;
    const near = this.#near;
    const slots = this.#slots;
    const window = near.length - 1;
    const start = store.length;
    for (let o = offsets[track]!; o < offsets[track + 1]!; o++) {
      const at = positions[o]!;
      const session = this.#sessionOf[at]!;
      const age = this.#age[session]!;
      const first = Math.max(bounds[session]!, at - window);
      const last = Math.min(bounds[session + 1]! - 1, at + window);
      store.makeRoom(last - first);
      const { tracks, weights } = store;
      let { length } = store;
      for (let i = first; i <= last; i++) {
        if (i === at) continue;
        const other = items[i]!;
        let link = start + slots[other]! - 1;
        if (link < start) {
          link = length++;
          slots[other] = length - start;
          tracks[link] = other;
        }
        const base = link * weightsPerLink;
        if (i > at) {
          const weight = near[i - at]!;
          if (i === at + 1) weights[base + linkWeights.next]! += 1;
          weights[base + linkWeights.after]! += weight;
          weights[base + linkWeights.late]! += weight * age;
        } else {
          weights[base + linkWeights.before]! += near[at - i]!;
        }
        weights[base + linkWeights.together]! += 1;
      }
      store.length = length;
    }
    for (let link = start; link < store.length; link++) slots[store.tracks[link]!] = 0;
  }

  #sum(track: number, store: Store, start: number): void {
    const { weights, length } = store;
    let [next, after, before, together, late] = [0, 0, 0, 0, 0];
    for (let base = start * weightsPerLink; base < length * weightsPerLink; base += weightsPerLink) {
      next += weights[base + linkWeights.next]!;
      after += weights[base + linkWeights.after]!;
      before += weights[base + linkWeights.before]!;
      together += weights[base + linkWeights.together]!;
      late += weights[base + linkWeights.late]!;
    }
    const at = track * weightsPerLink;
    this.totals[at + linkWeights.next] = next;
    this.totals[at + linkWeights.after] = after;
    this.totals[at + linkWeights.before] = before;
    this.totals[at + linkWeights.together] = together;
    this.totals[at + linkWeights.late] = late;
  }

  /** Of the links from `start` on, keeps the strongest. */
  #prune(store: Store, start: number): void {
    const { weights, tracks } = store;
    const count = store.length - start;
    const picked = this.#picked;
    if (count <= picked.length) return;
    if (count > this.#scores.length) {
      this.#scores = new Float64Array(2 * count);
      this.#numbers = new Uint32Array(2 * count);
    }
    const scores = this.#scores;
    const numbers = this.#numbers;
    for (let i = 0, base = start * weightsPerLink; i < count; i++, base += weightsPerLink) {
      numbers[i] = i;
      scores[i] =
        weights[base + linkWeights.after]! +
        0.4 * weights[base + linkWeights.before]! +
        0.2 * weights[base + linkWeights.together]!;
    }
    const kept = largest(scores, numbers, count, picked, this.#pickedScores);
    // In the order in which they stand, so that none is overwritten before it has moved.
    picked.subarray(0, kept).sort();
    for (let i = 0; i < kept; i++) {
      const from = start + picked[i]!;
      const to = start + i;
      tracks[to] = tracks[from]!;
      weights.copyWithin(to * weightsPerLink, from * weightsPerLink, (from + 1) * weightsPerLink);
    }
    store.length = start + kept;
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

  /** Makes room for so many more links, their weights 0. */
  makeRoom(more: number): void {
    const needed = this.length + more;
    if (needed > this.tracks.length) {
      const size = Math.max(needed, this.tracks.length * 2);
      const tracks = new Uint32Array(size);
      tracks.set(this.tracks);
      const weights = new Float32Array(size * weightsPerLink);
      weights.set(this.weights);
      // Rows handed out hold the old arrays, in which nothing changes.
      this.tracks = tracks;
      this.weights = weights;
    }
    // Where links were forgotten or pruned, something stands.
    this.weights.fill(0, this.length * weightsPerLink, needed * weightsPerLink);
  }
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

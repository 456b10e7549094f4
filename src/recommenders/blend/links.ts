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

/** Sums of one track while they are counted: those of `linkWeights`, in this order, in slots that stay in cache. */
class Tally {
  readonly #slots: Uint32Array;
  readonly #stamps: Uint32Array;
  #stamp = 0;
  readonly tracks: Uint32Array;
  sums = new Float64Array(1024 * weightsPerLink);
  count = 0;

  constructor(trackCount: number) {
    this.#slots = new Uint32Array(trackCount);
    this.#stamps = new Uint32Array(trackCount);
    this.tracks = new Uint32Array(trackCount);
  }

  /** Once for each track, so that the stamps never run out. */
  clear(): void {
    this.count = 0;
    this.#stamp++;
  }

  /** Where the sums of a track start. */
  at(track: number): number {
    if (this.#stamps[track] === this.#stamp) return this.#slots[track]!;
    const at = this.count * weightsPerLink;
    if (at === this.sums.length) {
      const longer = new Float64Array(2 * at);
      longer.set(this.sums);
      this.sums = longer;
    }
    this.sums.fill(0, at, at + weightsPerLink);
    this.#stamps[track] = this.#stamp;
    this.#slots[track] = at;
    this.tracks[this.count++] = track;
    return at;
  }
}

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
  readonly #tally: Tally;
  readonly #picked: Uint32Array;
  readonly #pickedScores: Float64Array;
  #scores = new Float64Array(1024);
  #numbers = new Uint32Array(1024);
  /** Where the links of a track are kept, + 1; 0: nowhere. */
  readonly #starts: Uint32Array;
  readonly #counts: Uint32Array;
  readonly #kept: Store;
  /** Of the tracks that play seldom, for as long as one query takes. */
  readonly #brief: Store;
  readonly #room: number;

  constructor(sessions: Sessions, options: LinkOptions) {
    const { window } = options;
    const { trackCount } = sessions;
    const keep = keptPerTrack(options.keep, trackCount);
    this.#sessions = sessions;
    this.#where = occurrences(sessions);
    this.#sessionOf = sessionOfPlay(sessions);
    this.#age = recencyWeights(sessionCount(sessions), options.recency);
    this.#near = Float64Array.from({ length: window + 1 }, (_, d) => (d === 0 ? 0 : 1 / d));
    this.#tally = new Tally(trackCount);
    this.#picked = new Uint32Array(keep);
    this.#pickedScores = new Float64Array(keep);
    this.#starts = new Uint32Array(trackCount);
    this.#counts = new Uint32Array(trackCount);
    this.totals = new Float32Array(trackCount * weightsPerLink);
    this.#kept = new Store();
    this.#brief = new Store();
    this.#room = options.room ?? 0;
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
    const count = this.#count(track, store);
    if (store === this.#kept) {
      this.#starts[track] = start + 1;
      this.#counts[track] = count;
    }
    return store.row(start, count);
  }

  #count(track: number, store: Store): number {
    const tally = this.#tally;
    const { positions, offsets } = this.#where;
    tally.clear();
    for (let o = offsets[track]!; o < offsets[track + 1]!; o++) {
      const at = positions[o]!;
      const session = this.#sessionOf[at]!;
      countAround(this.#sessions, at, session, this.#age[session]!, this.#near, tally);
    }
    const { count, sums } = tally;
    if (count > this.#scores.length) {
      this.#scores = new Float64Array(2 * count);
      this.#numbers = new Uint32Array(2 * count);
    }
    const scores = this.#scores;
    const numbers = this.#numbers;
    const totals = this.totals.fill(0, track * weightsPerLink, (track + 1) * weightsPerLink);
    for (let i = 0, base = 0; i < count; i++, base += weightsPerLink) {
      numbers[i] = i;
      scores[i] =
        sums[base + linkWeights.after]! +
        0.4 * sums[base + linkWeights.before]! +
        0.2 * sums[base + linkWeights.together]!;
      for (let w = 0; w < weightsPerLink; w++) totals[track * weightsPerLink + w]! += sums[base + w]!;
    }
    const picked = this.#picked;
    const kept = largest(scores, numbers, count, picked, this.#pickedScores);
    for (let i = 0; i < kept; i++) store.add(tally.tracks[picked[i]!]!, sums, picked[i]! * weightsPerLink);
    return kept;
  }
}

/** Links in a row, growing. */
class Store {
  length = 0;
  #tracks = new Uint32Array(1024);
  #weights = new Float32Array(1024 * weightsPerLink);

  row(start: number, count: number): LinkRow {
    return { tracks: this.#tracks, weights: this.#weights, start, end: start + count };
  }

  add(track: number, sums: Float64Array, at: number): void {
    if (this.length === this.#tracks.length) {
      const tracks = new Uint32Array(this.length * 2);
      tracks.set(this.#tracks);
      const weights = new Float32Array(this.length * 2 * weightsPerLink);
      weights.set(this.#weights);
      // Rows handed out hold the old arrays, in which nothing changes.
      this.#tracks = tracks;
      this.#weights = weights;
    }
    this.#tracks[this.length] = track;
    const base = this.length++ * weightsPerLink;
    for (let w = 0; w < weightsPerLink; w++) this.#weights[base + w] = sums[at + w]!;
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

/** Counts what plays around one play. */
function countAround(
  sessions: Sessions,
  at: number,
  session: number,
  age: number,
  near: Float64Array,
  tally: Tally,
): void {
  const { items } = sessions;
  const window = near.length - 1;
  const first = Math.max(sessions.offsets[session]!, at - window);
  const last = Math.min(sessions.offsets[session + 1]! - 1, at + window);
  for (let i = at + 1; i <= last; i++) {
    const base = tally.at(items[i]!);
    const { sums } = tally;
    const weight = near[i - at]!;
    if (i === at + 1) sums[base + linkWeights.next]! += 1;
    sums[base + linkWeights.after]! += weight;
    sums[base + linkWeights.late]! += weight * age;
    sums[base + linkWeights.together]! += 1;
  }
  for (let i = at - 1; i >= first; i--) {
    const base = tally.at(items[i]!);
    const { sums } = tally;
    sums[base + linkWeights.before]! += near[at - i]!;
    sums[base + linkWeights.together]! += 1;
  }
}

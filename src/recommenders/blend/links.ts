/**
 * The links between tracks that the blend reads, several kinds of weight at once: for each track the tracks that followed
 * it, came before it or shared a playlist with it, pruned to the strongest.
 */
import { throwIfAborted } from "../core/abort.js";
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

export interface Links {
  readonly offsets: Uint32Array;
  readonly tracks: Uint32Array;
  /** `weightsPerLink` numbers a link. */
  readonly weights: Float32Array;
  /** The sums of a track's weights before pruning, `weightsPerLink` a track. */
  readonly totals: Float32Array;
}

export interface LinkOptions {
  /** How far a link reaches to either side, in places. */
  readonly window: number;
  /** Age, as a share of all playlists, at which `late` weighs 1/e. */
  readonly recency: number;
  /** How many links a track keeps. */
  readonly keep: number;
  readonly signal?: AbortSignal | undefined;
}

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

export function countLinks(sessions: Sessions, options: LinkOptions): Links {
  const { window } = options;
  const keep = keptPerTrack(options.keep, sessions.trackCount);
  const { items, trackCount } = sessions;
  const age = recencyWeights(sessionCount(sessions), options.recency);
  const where = occurrences(sessions);
  const sessionOf = sessionOfPlay(sessions);
  const near = Float64Array.from({ length: window + 1 }, (_, d) => (d === 0 ? 0 : 1 / d));
  const tally = new Tally(trackCount);
  const picked = new Uint32Array(keep);
  const pickedScores = new Float64Array(keep);
  const scores = new Float64Array(trackCount);
  const numbers = Uint32Array.from({ length: trackCount }, (_, i) => i);
  const offsets = new Uint32Array(trackCount + 1);
  const totals = new Float32Array(trackCount * weightsPerLink);
  let tracks = new Uint32Array(Math.max(1024, items.length));
  let weights = new Float32Array(tracks.length * weightsPerLink);
  let length = 0;
  for (let track = 0; track < trackCount; track++) {
    if (track % 4096 === 0) throwIfAborted(options.signal);
    tally.clear();
    for (let o = where.offsets[track]!; o < where.offsets[track + 1]!; o++) {
      const at = where.positions[o]!;
      const session = sessionOf[at]!;
      countAround(sessions, at, session, age[session]!, near, tally);
    }
    const { count, sums } = tally;
    for (let i = 0, base = 0; i < count; i++, base += weightsPerLink) {
      scores[i] =
        sums[base + linkWeights.after]! +
        0.4 * sums[base + linkWeights.before]! +
        0.2 * sums[base + linkWeights.together]!;
      for (let w = 0; w < weightsPerLink; w++) totals[track * weightsPerLink + w]! += sums[base + w]!;
    }
    const kept = largest(scores, numbers, count, picked, pickedScores);
    if (length + kept > tracks.length) {
      const grown = Math.max(length + kept, Math.ceil(tracks.length * 1.5));
      const longer = new Uint32Array(grown);
      longer.set(tracks);
      tracks = longer;
      const heavier = new Float32Array(grown * weightsPerLink);
      heavier.set(weights);
      weights = heavier;
    }
    for (let i = 0; i < kept; i++) {
      const base = picked[i]! * weightsPerLink;
      tracks[length] = tally.tracks[picked[i]!]!;
      for (let w = 0; w < weightsPerLink; w++) weights[length * weightsPerLink + w] = sums[base + w]!;
      length++;
    }
    offsets[track + 1] = length;
  }
  return {
    offsets,
    tracks: tracks.slice(0, length),
    weights: weights.slice(0, length * weightsPerLink),
    totals,
  };
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

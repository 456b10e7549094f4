/**
 * The links between tracks that the blend reads, several kinds of weight at once: for each track the tracks that followed
 * it, came before it or shared a playlist with it, pruned to the strongest.
 */
import { throwIfAborted } from "../core/abort.js";
import { keptPerTrack, occurrences, recencyWeights, sessionOfPlay } from "../core/pairs.js";
import { ScoreBoard } from "../core/score-board.js";
import { type Sessions, sessionCount } from "../core/sessions.js";
import { TopK } from "../core/top-k.js";

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

export function countLinks(sessions: Sessions, options: LinkOptions): Links {
  const { window } = options;
  const keep = keptPerTrack(options.keep, sessions.trackCount);
  const { items, trackCount } = sessions;
  const age = recencyWeights(sessionCount(sessions), options.recency);
  const where = occurrences(sessions);
  const sessionOf = sessionOfPlay(sessions);
  // Boards by weight: the first touches the track, the others follow it.
  const board = new ScoreBoard(trackCount);
  const sums = new Float64Array(trackCount * weightsPerLink);
  const top = new TopK((a, b) => a < b);
  const offsets = new Uint32Array(trackCount + 1);
  const totals = new Float32Array(trackCount * weightsPerLink);
  let tracks = new Uint32Array(Math.max(1024, items.length));
  let weights = new Float32Array(tracks.length * weightsPerLink);
  let length = 0;
  for (let track = 0; track < trackCount; track++) {
    if (track % 4096 === 0) throwIfAborted(options.signal);
    board.clear();
    for (let o = where.offsets[track]!; o < where.offsets[track + 1]!; o++) {
      const at = where.positions[o]!;
      const session = sessionOf[at]!;
      const first = Math.max(sessions.offsets[session]!, at - window);
      const last = Math.min(sessions.offsets[session + 1]! - 1, at + window);
      for (let i = first; i <= last; i++) {
        if (i === at) continue;
        const other = items[i]!;
        const base = other * weightsPerLink;
        if (!board.has(other)) sums.fill(0, base, base + weightsPerLink);
        if (i > at) {
          const near = 1 / (i - at);
          board.add(other, near + 0.2);
          if (i === at + 1) sums[base]! += 1;
          sums[base + 1]! += near;
          sums[base + 4]! += near * age[session]!;
        } else {
          const near = 1 / (at - i);
          board.add(other, 0.4 * near + 0.2);
          sums[base + 2]! += near;
        }
        sums[base + 3]! += 1;
      }
    }
    top.start(keep);
    for (let i = 0; i < board.count; i++) {
      const other = board.touched[i]!;
      top.push(other, board.scores[other]!);
      for (let w = 0; w < weightsPerLink; w++) {
        totals[track * weightsPerLink + w]! += sums[other * weightsPerLink + w]!;
      }
    }
    const { numbers } = top.take();
    if (length + numbers.length > tracks.length) {
      const grown = Math.max(length + numbers.length, Math.ceil(tracks.length * 1.5));
      const longer = new Uint32Array(grown);
      longer.set(tracks);
      tracks = longer;
      const heavier = new Float32Array(grown * weightsPerLink);
      heavier.set(weights);
      weights = heavier;
    }
    for (const other of numbers) {
      tracks[length] = other;
      for (let w = 0; w < weightsPerLink; w++) {
        weights[length * weightsPerLink + w] = sums[other * weightsPerLink + w]!;
      }
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

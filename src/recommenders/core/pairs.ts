/**
 * Which tracks go with which: for each track the tracks that follow it, come before it, or share a playlist with it, with
 * weights that fade with the distance between them and with the age of the playlist. Rows are pruned to their heaviest.
 */
import { throwIfAborted } from "./abort.js";
import { ScoreBoard } from "./score-board.js";
import { type Sessions, sessionCount } from "./sessions.js";
import { TopK } from "./top-k.js";

export interface PairOptions {
  /** How many places ahead are looked at. */
  readonly ahead: number;
  /** How many places back are looked at. */
  readonly behind: number;
  /** The weight at distance d: d^-fade (0: all alike; 1: 1/d). */
  readonly fade: number;
  /** The weight of a playlist is exp(-age / recency), its age in [0, 1] of all playlists; 0: all alike. */
  readonly recency: number;
  /** How many pairs are kept for a track. */
  readonly keep: number;
  readonly signal?: AbortSignal | undefined;
}

/** Row t: `tracks[offsets[t]] …`, heaviest first, with their weights. */
export interface Pairs {
  readonly offsets: Uint32Array;
  readonly tracks: Uint32Array;
  readonly weights: Float32Array;
  /** The sum of a track's weights before pruning. */
  readonly totals: Float32Array;
}

/** exp(-age / recency) of each playlist, 1 for the last one. */
export function recencyWeights(count: number, recency: number): Float64Array {
  const weights = new Float64Array(count).fill(1);
  if (recency > 0) {
    for (let s = 0; s < count; s++) weights[s] = Math.exp(-(count - 1 - s) / (count * recency));
  }
  return weights;
}

/** Where each track is played: positions in `items`, in order. */
export function occurrences(sessions: Sessions): { offsets: Uint32Array; positions: Uint32Array } {
  const offsets = new Uint32Array(sessions.trackCount + 1);
  for (const track of sessions.items) offsets[track + 1] = offsets[track + 1]! + 1;
  for (let t = 0; t < sessions.trackCount; t++) offsets[t + 1] = offsets[t + 1]! + offsets[t]!;
  const next = offsets.slice();
  const positions = new Uint32Array(sessions.items.length);
  for (let i = 0; i < sessions.items.length; i++) {
    const track = sessions.items[i]!;
    positions[next[track]!] = i;
    next[track] = next[track]! + 1;
  }
  return { offsets, positions };
}

/** The playlist of each play. */
export function sessionOfPlay(sessions: Sessions): Uint32Array {
  const result = new Uint32Array(sessions.items.length);
  for (let s = 0; s < sessionCount(sessions); s++)
    result.fill(s, sessions.offsets[s]!, sessions.offsets[s + 1]!);
  return result;
}

/** How many pairs a track may keep so that all of them stay within 60 million, whatever the size of the catalogue. */
export function keptPerTrack(wanted: number, trackCount: number): number {
  return Math.max(1, Math.min(wanted, Math.max(20, Math.floor(60_000_000 / Math.max(1, trackCount)))));
}

export function countPairs(sessions: Sessions, options: PairOptions): Pairs {
  const { ahead, behind } = options;
  const keep = keptPerTrack(options.keep, sessions.trackCount);
  const { items, trackCount } = sessions;
  const age = recencyWeights(sessionCount(sessions), options.recency);
  const far = Math.min(Math.max(ahead, behind), items.length);
  const fade = Float64Array.from({ length: far + 1 }, (_, d) => (d === 0 ? 0 : d ** -options.fade));
  const where = occurrences(sessions);
  const sessionOf = sessionOfPlay(sessions);
  const board = new ScoreBoard(trackCount);
  const top = new TopK((a, b) => a < b);
  const offsets = new Uint32Array(trackCount + 1);
  const totals = new Float32Array(trackCount);
  let tracks = new Uint32Array(Math.max(1024, items.length));
  let weights = new Float32Array(tracks.length);
  let length = 0;
  for (let track = 0; track < trackCount; track++) {
    if (track % 4096 === 0) throwIfAborted(options.signal);
    board.clear();
    let total = 0;
    for (let o = where.offsets[track]!; o < where.offsets[track + 1]!; o++) {
      const at = where.positions[o]!;
      const session = sessionOf[at]!;
      const weight = age[session]!;
      const first = Math.max(sessions.offsets[session]!, at - behind);
      const last = Math.min(sessions.offsets[session + 1]! - 1, at + ahead);
      for (let i = first; i <= last; i++) {
        const other = items[i]!;
        if (i === at || (other === track && behind > 0)) continue;
        const added = weight * fade[i < at ? at - i : i - at]!;
        board.add(other, added);
        total += added;
      }
    }
    totals[track] = total;
    top.start(keep);
    for (let i = 0; i < board.count; i++) top.push(board.touched[i]!, board.scores[board.touched[i]!]!);
    const best = top.take();
    if (length + best.numbers.length > tracks.length) {
      const grown = Math.max(length + best.numbers.length, Math.ceil(tracks.length * 1.5));
      const longer = new Uint32Array(grown);
      longer.set(tracks);
      tracks = longer;
      const heavier = new Float32Array(grown);
      heavier.set(weights);
      weights = heavier;
    }
    tracks.set(best.numbers, length);
    weights.set(best.scores, length);
    length += best.numbers.length;
    offsets[track + 1] = length;
  }
  return { offsets, tracks: tracks.slice(0, length), weights: weights.slice(0, length), totals };
}

/** Playlists as track numbers. */
import { type Catalogue, type Corpus, problemOfPlays } from "../../../corpus/index.js";
import { SegueError } from "../../../system/index.js";
import type { RecommenderState } from "../../contract.js";

export interface Sessions {
  /** The number of tracks in the catalogue. */
  readonly trackCount: number;
  readonly offsets: Uint32Array;
  readonly items: Uint32Array;
}

export function sessionCount(sessions: Sessions): number {
  return sessions.offsets.length - 1;
}

export function sessionsOf(corpus: Corpus): Sessions {
  return { trackCount: corpus.tracks.length, offsets: corpus.offsets, items: corpus.items };
}

/** The playlists in a saved state. @throws SegueError code "corrupt" if they are not playlists of the catalogue's tracks */
export function sessionsIn(state: RecommenderState, { tracks }: Catalogue): Sessions {
  const [offsets, items] = [state.arrays.offsets as Uint32Array, state.arrays.items as Uint32Array];
  requireRows(state, offsets, items, tracks.length);
  return { trackCount: tracks.length, offsets, items };
}

/** @throws SegueError code "corrupt" if the rows of a saved state do not fit together, or have numbers from `tracks` on */
export function requireRows(
  { kind }: RecommenderState,
  offsets: Uint32Array,
  values: Uint32Array,
  tracks: number,
): void {
  if (problemOfPlays(offsets, values, tracks) === undefined) return;
  throw new SegueError(`the state of the recommender "${kind}" is damaged: its arrays do not fit together`, {
    hint: "fit it again",
    code: "corrupt",
  });
}

/** The playlists [from, to), with the same catalogue. */
export function sliceSessions(sessions: Sessions, from: number, to: number): Sessions {
  const start = sessions.offsets[from]!;
  const offsets = new Uint32Array(to - from + 1);
  for (let s = from; s <= to; s++) offsets[s - from] = sessions.offsets[s]! - start;
  return {
    trackCount: sessions.trackCount,
    offsets,
    items: sessions.items.subarray(start, sessions.offsets[to]!),
  };
}

/** Rows of different lengths: row r is `values[offsets[r]] … values[offsets[r + 1] - 1]`. */
export interface Rows {
  readonly offsets: Uint32Array;
  readonly values: Uint32Array;
}

/** All playlists except [from, to), with the same catalogue. */
export function withoutSessions(sessions: Sessions, from: number, to: number): Sessions {
  const before = sliceSessions(sessions, 0, from);
  const after = sliceSessions(sessions, to, sessionCount(sessions));
  const items = new Uint32Array(before.items.length + after.items.length);
  items.set(before.items);
  items.set(after.items, before.items.length);
  const offsets = new Uint32Array(before.offsets.length + after.offsets.length - 1);
  offsets.set(before.offsets);
  for (let s = 1; s < after.offsets.length; s++) {
    offsets[before.offsets.length + s - 1] = after.offsets[s]! + before.items.length;
  }
  return { trackCount: sessions.trackCount, offsets, items };
}

/** The length of the longest playlist, 0 if there is none. */
export function longestOf(sessions: Sessions): number {
  let longest = 0;
  for (let s = 0; s < sessionCount(sessions); s++)
    longest = Math.max(longest, sessions.offsets[s + 1]! - sessions.offsets[s]!);
  return longest;
}

/** The mean length of a playlist, at least 1. */
export function meanLength(sessions: Sessions): number {
  return Math.max(1, sessions.items.length / Math.max(1, sessionCount(sessions)));
}

/** Playlists as numbers alone, and the index from a track to the playlists that hold it. */
import type { Corpus } from "../../corpus/index.js";

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

/** The playlists [from, to), the catalogue kept. */
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

/** In how many playlists each track occurs (repeats within one playlist count once). */
export function playlistCounts(sessions: Sessions): Uint32Array {
  const counts = new Uint32Array(sessions.trackCount);
  const seenIn = new Uint32Array(sessions.trackCount);
  for (let s = 0; s < sessionCount(sessions); s++) {
    for (let i = sessions.offsets[s]!; i < sessions.offsets[s + 1]!; i++) {
      const track = sessions.items[i]!;
      if (seenIn[track] === s + 1) continue;
      seenIn[track] = s + 1;
      counts[track] = counts[track]! + 1;
    }
  }
  return counts;
}

/** Rows of numbers of differing length: row r is `values[offsets[r]] … values[offsets[r + 1] - 1]`. */
export interface Rows {
  readonly offsets: Uint32Array;
  readonly values: Uint32Array;
}

/**
 * For each track the playlists that hold it, oldest first, each once; and where in its playlist each entry stands, as a position in
 * `items`: the first or the last play of the track.
 *
 * @param counts `playlistCounts`, where they are known already
 */
export function invert(
  sessions: Sessions,
  which: "first" | "last",
  counts = playlistCounts(sessions),
): Rows & { readonly places: Uint32Array } {
  const offsets = new Uint32Array(sessions.trackCount + 1);
  for (let t = 0; t < sessions.trackCount; t++) offsets[t + 1] = offsets[t]! + counts[t]!;
  const next = offsets.slice(0, -1);
  const values = new Uint32Array(offsets[sessions.trackCount]!);
  const places = new Uint32Array(values.length);
  // Entries of millions of tracks lie too far apart for any cache: plays are dealt out to ranges of tracks first, in their order.
  const { tracks, positions, ends } = dealOut(sessions);
  for (let range = 0, o = 0; range < ends.length; range++) {
    for (let s = 0; o < ends[range]!; o++) {
      const track = tracks[o]!;
      const i = positions[o]!;
      while (i >= sessions.offsets[s + 1]!) s++;
      const at = next[track]!;
      if (at > offsets[track]! && values[at - 1] === s) {
        if (which === "last") places[at - 1] = i;
        continue;
      }
      values[at] = s;
      places[at] = i;
      next[track] = at + 1;
    }
  }
  return { offsets, values, places };
}

/** Tracks of a range are 2^15. */
const rangeBits = 15;

/** The plays by ranges of their tracks: the track of each, its position in `items` (ascending in a range), and where each range ends. */
function dealOut({ items, trackCount }: Sessions) {
  const ends = new Uint32Array((trackCount >> rangeBits) + 1);
  for (let i = 0; i < items.length; i++) ends[items[i]! >> rangeBits]! += 1;
  for (let range = 0, dealt = 0; range < ends.length; range++) {
    const here = ends[range]!;
    ends[range] = dealt;
    dealt += here;
  }
  const tracks = new Uint32Array(items.length);
  const positions = new Uint32Array(items.length);
  for (let i = 0; i < items.length; i++) {
    const track = items[i]!;
    const at = ends[track >> rangeBits]!;
    ends[track >> rangeBits] = at + 1;
    tracks[at] = track;
    positions[at] = i;
  }
  return { tracks, positions, ends };
}

/** All playlists but [from, to), the catalogue kept. */
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

/** The length of the longest playlist, 0 where there is none. */
export function longestOf(sessions: Sessions): number {
  let longest = 0;
  for (let s = 0; s < sessionCount(sessions); s++)
    longest = Math.max(longest, sessions.offsets[s + 1]! - sessions.offsets[s]!);
  return longest;
}

/** The typical length of a playlist: the mean, 1 where there is none. */
export function meanLength(sessions: Sessions): number {
  return Math.max(1, sessions.items.length / Math.max(1, sessionCount(sessions)));
}

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

/** The first and the last play of the track in each of its playlists, beside the `values` of the rows they belong to. */
interface Places {
  readonly sessions: Sessions;
  readonly first?: Uint32Array;
  readonly last?: Uint32Array;
}

/**
 * What `invert` learned on its way: the tracks of a large catalogue are in no cache, so that another walk over all plays would take as
 * long as the first one.
 */
const placesOfRows = new WeakMap<Rows, Places>();

/** For each track the playlists that hold it, oldest first, each once. */
export function invert(sessions: Sessions): Rows {
  const { trackCount, offsets, items } = sessions;
  // Where the plays of each track end, so far: a play is put behind those that came before it.
  const next = new Uint32Array(trackCount + 1);
  for (let i = 0; i < items.length; i++) next[items[i]! + 1]! += 1;
  for (let t = 0; t < trackCount; t++) next[t + 1]! += next[t]!;
  // Of each play its playlist and its place, side by side: they are written where no cache holds them.
  const plays = new Uint32Array(2 * items.length);
  const count = sessionCount(sessions);
  for (let s = 0; s < count; s++) {
    for (let i = offsets[s]!, end = offsets[s + 1]!; i < end; i++) {
      const track = items[i]!;
      const at = next[track]!;
      next[track] = at + 1;
      plays[2 * at] = s;
      plays[2 * at + 1] = i;
    }
  }
  const rows = new Uint32Array(trackCount + 1);
  const values = new Uint32Array(items.length);
  const first = new Uint32Array(items.length);
  const last = new Uint32Array(items.length);
  let length = 0;
  for (let track = 0, at = 0; track < trackCount; track++) {
    const start = length;
    for (const end = next[track]!; at < end; at++) {
      const session = plays[2 * at]!;
      const place = plays[2 * at + 1]!;
      if (length > start && values[length - 1] === session) {
        last[length - 1] = place;
        continue;
      }
      values[length] = session;
      first[length] = place;
      last[length] = place;
      length++;
    }
    rows[track + 1] = length;
  }
  const inverted: Rows = { offsets: rows, values: values.subarray(0, length) };
  placesOfRows.set(inverted, {
    sessions,
    first: first.subarray(0, length),
    last: last.subarray(0, length),
  });
  return inverted;
}

/** Where in its playlist each entry of `invert` stands, as a position in `items`: the first or the last play of the track. */
export function placesOf(sessions: Sessions, inverted: Rows, which: "first" | "last"): Uint32Array {
  const known = placesOfRows.get(inverted);
  const places =
    (known?.sessions === sessions && known[which]) || placesOfRows.get(invert(sessions))![which]!;
  // The others are hardly ever asked for as well: memory for nothing.
  placesOfRows.set(inverted, { sessions, [which]: places });
  return places;
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

/** The typical length of a playlist: the mean, 1 where there is none. */
export function meanLength(sessions: Sessions): number {
  return Math.max(1, sessions.items.length / Math.max(1, sessionCount(sessions)));
}

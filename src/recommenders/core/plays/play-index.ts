/** The positions and playlists of each track's plays. */
import type { Rows, Sessions } from "./sessions.js";

/** Track t has the plays `offsets[t]` to `offsets[t + 1]` - 1, in playing order. */
export interface PlayIndex {
  readonly offsets: Uint32Array;
  /** The position in `items` of each play. */
  readonly positions: Uint32Array;
  /** The playlist of each play. Stored, since looking it up by position means random memory access. */
  readonly sessions: Uint32Array;
}

/** A range has 2^15 tracks. */
const rangeBits = 15;

export function playIndex(of: Sessions): PlayIndex {
  const { trackCount, items, offsets: bounds } = of;
  // With millions of tracks, counting directly misses the cache. So plays are first partitioned by ranges of tracks, keeping their order.
  const { tracks, dealt, ends } = dealOut(of);
  const offsets = new Uint32Array(trackCount + 1);
  for (let i = 0; i < tracks.length; i++) offsets[tracks[i]! + 1]! += 1;
  for (let t = 0; t < trackCount; t++) offsets[t + 1]! += offsets[t]!;
  const next = offsets.slice(0, -1);
  const positions = new Uint32Array(items.length);
  const sessions = new Uint32Array(items.length);
  for (let range = 0, i = 0; range < ends.length; range++) {
    for (let session = 0; i < ends[range]!; i++) {
      const position = dealt[i]!;
      while (position >= bounds[session + 1]!) session++;
      const track = tracks[i]!;
      const at = next[track]!;
      next[track] = at + 1;
      positions[at] = position;
      sessions[at] = session;
    }
  }
  return { offsets, positions, sessions };
}

/** The plays partitioned by ranges of tracks: the track of each, its position in `items` (ascending in a range), the end of each range. */
function dealOut({ items, trackCount }: Sessions) {
  const ends = new Uint32Array((trackCount >> rangeBits) + 1);
  for (let i = 0; i < items.length; i++) ends[items[i]! >> rangeBits]! += 1;
  for (let range = 0, before = 0; range < ends.length; range++) {
    const here = ends[range]!;
    ends[range] = before;
    before += here;
  }
  const tracks = new Uint32Array(items.length);
  const dealt = new Uint32Array(items.length);
  for (let i = 0; i < items.length; i++) {
    const track = items[i]!;
    const at = ends[track >> rangeBits]!;
    ends[track >> rangeBits] = at + 1;
    tracks[at] = track;
    dealt[at] = i;
  }
  return { tracks, dealt, ends };
}

/**
 * For each track, the playlists with it, oldest first, each once; and in `places`, the position in `items` of its first or last play
 * in each.
 */
export function invert(
  { offsets: plays, positions, sessions }: PlayIndex,
  which: "first" | "last",
): Rows & { readonly places: Uint32Array } {
  const offsets = new Uint32Array(plays.length);
  const values = new Uint32Array(positions.length);
  const places = new Uint32Array(positions.length);
  let count = 0;
  for (let t = 0; t < plays.length - 1; t++) {
    const start = count;
    for (let o = plays[t]!; o < plays[t + 1]!; o++) {
      const position = positions[o]!;
      const session = sessions[o]!;
      if (count > start && values[count - 1] === session) {
        if (which === "last") places[count - 1] = position;
        continue;
      }
      values[count] = session;
      places[count++] = position;
    }
    offsets[t + 1] = count;
  }
  return { offsets, values: values.subarray(0, count), places: places.subarray(0, count) };
}

/** Where each track plays, and in which playlist: counted once for all that ask. */
import type { Rows, Sessions } from "./sessions.js";

/** The plays of track t are those from `offsets[t]` to `offsets[t + 1]` - 1, in playing order. */
export interface PlayIndex {
  readonly offsets: Uint32Array;
  /** Of each play its position in `items`. */
  readonly positions: Uint32Array;
  /** Of each play its playlist: beside the position, since to look it up by that one lands anywhere in memory. */
  readonly sessions: Uint32Array;
}

/** Tracks of a range are 2^15. */
const rangeBits = 15;

export function playIndex(of: Sessions): PlayIndex {
  const { trackCount, items, offsets: bounds } = of;
  // Plays of millions of tracks lie too far apart for any cache: they are dealt out to ranges of tracks first, in their order.
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

/** The plays by ranges of their tracks: the track of each, its position in `items` (ascending in a range), and where each range ends. */
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
 * For each track the playlists that hold it, oldest first, each once; and where in its playlist each entry stands, as a position in
 * `items`: the first or the last play of the track.
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

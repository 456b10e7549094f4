/** Where each track plays, and in which playlist: counted once for all that ask. */
import { type Rows, type Sessions, sessionCount } from "./sessions.js";

/** Track t plays at `positions[offsets[t]] … positions[offsets[t + 1] - 1]` of `items`, in this order. */
export interface PlayIndex {
  readonly offsets: Uint32Array;
  readonly positions: Uint32Array;
  /** The playlist of each play, by its position. */
  readonly sessionOf: Uint32Array;
}

/** Tracks of a range are 2^15. */
const rangeBits = 15;

export function playIndex(sessions: Sessions): PlayIndex {
  const { trackCount, items } = sessions;
  // Plays of millions of tracks lie too far apart for any cache: they are dealt out to ranges of tracks first, in their order.
  const { tracks, dealt } = dealOut(sessions);
  const offsets = new Uint32Array(trackCount + 1);
  for (let i = 0; i < tracks.length; i++) offsets[tracks[i]! + 1]! += 1;
  for (let t = 0; t < trackCount; t++) offsets[t + 1]! += offsets[t]!;
  const next = offsets.slice(0, -1);
  const positions = new Uint32Array(items.length);
  for (let i = 0; i < tracks.length; i++) {
    const track = tracks[i]!;
    positions[next[track]!] = dealt[i]!;
    next[track]! += 1;
  }
  return { offsets, positions, sessionOf: sessionOfPlay(sessions) };
}

/** The plays by ranges of their tracks: the track of each and its position in `items`, ascending in a range. */
function dealOut({ items, trackCount }: Sessions) {
  const next = new Uint32Array((trackCount >> rangeBits) + 1);
  for (let i = 0; i < items.length; i++) next[items[i]! >> rangeBits]! += 1;
  for (let range = 0, before = 0; range < next.length; range++) {
    const here = next[range]!;
    next[range] = before;
    before += here;
  }
  const tracks = new Uint32Array(items.length);
  const dealt = new Uint32Array(items.length);
  for (let i = 0; i < items.length; i++) {
    const track = items[i]!;
    const at = next[track >> rangeBits]!;
    next[track >> rangeBits] = at + 1;
    tracks[at] = track;
    dealt[at] = i;
  }
  return { tracks, dealt };
}

function sessionOfPlay(sessions: Sessions): Uint32Array {
  const result = new Uint32Array(sessions.items.length);
  for (let s = 0; s < sessionCount(sessions); s++)
    result.fill(s, sessions.offsets[s]!, sessions.offsets[s + 1]!);
  return result;
}

/**
 * For each track the playlists that hold it, oldest first, each once; and where in its playlist each entry stands, as a position in
 * `items`: the first or the last play of the track.
 */
export function invert(
  { offsets: plays, positions, sessionOf }: PlayIndex,
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
      const session = sessionOf[position]!;
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

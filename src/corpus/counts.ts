/** Counts of each track, by track number. */
import type { Corpus } from "./corpus.js";

/** Its plays, including repeats. */
export function playsOfTracks({ tracks, items }: Pick<Corpus, "tracks" | "items">): Uint32Array {
  const plays = new Uint32Array(tracks.length);
  for (let i = 0; i < items.length; i++) plays[items[i]!]!++;
  return plays;
}

/** The number of playlists with it (repeats within a playlist count once). @param tracks how many tracks there are */
export function playlistsOfTracks(
  { offsets, items }: Pick<Corpus, "offsets" | "items">,
  tracks: number,
): Uint32Array {
  const counts = new Uint32Array(tracks);
  const seenIn = new Uint32Array(tracks);
  for (let p = 1; p < offsets.length; p++) {
    for (let i = offsets[p - 1]!; i < offsets[p]!; i++) {
      const track = items[i]!;
      if (seenIn[track] === p) continue;
      seenIn[track] = p;
      counts[track]!++;
    }
  }
  return counts;
}

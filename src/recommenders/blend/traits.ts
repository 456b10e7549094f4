/** What is known of a track by itself: how often, how lately and where in playlists it plays. */
import type { ArtistIndex } from "../core/artists.js";
import { type Sessions, sessionCount } from "../core/sessions.js";

export const traitNames = [
  "log plays",
  "log plays, last 2 %",
  "log plays, last 10 %",
  "age of the last play",
  "age of the first play",
  "share of plays that end a playlist",
  "share of plays that repeat the one before",
] as const;
export const traitsPerTrack = traitNames.length;

/** `traitsPerTrack` numbers a track. Ages are shares of all playlists; a track that never plays has age 1. */
export function trackTraits(sessions: Sessions): Float32Array {
  const { trackCount, offsets, items } = sessions;
  const count = sessionCount(sessions);
  const plays = new Float64Array(trackCount);
  const recent = new Float64Array(trackCount);
  const late = new Float64Array(trackCount);
  const last = new Float64Array(trackCount).fill(-1);
  const first = new Float64Array(trackCount).fill(-1);
  const ends = new Float64Array(trackCount);
  const repeats = new Float64Array(trackCount);
  for (let s = 0; s < count; s++) {
    for (let i = offsets[s]!; i < offsets[s + 1]!; i++) {
      const track = items[i]!;
      plays[track]! += 1;
      if (s >= count * 0.98) recent[track]! += 1;
      if (s >= count * 0.9) late[track]! += 1;
      if (first[track]! < 0) first[track] = s;
      last[track] = s;
      if (i === offsets[s + 1]! - 1) ends[track]! += 1;
      if (i > offsets[s]! && items[i - 1] === track) repeats[track]! += 1;
    }
  }
  const traits = new Float32Array(trackCount * traitsPerTrack);
  for (let t = 0; t < trackCount; t++) {
    const base = t * traitsPerTrack;
    traits[base] = Math.log1p(plays[t]!);
    traits[base + 1] = Math.log1p(recent[t]!);
    traits[base + 2] = Math.log1p(late[t]!);
    traits[base + 3] = last[t]! < 0 ? 1 : 1 - (last[t]! + 1) / count;
    traits[base + 4] = first[t]! < 0 ? 1 : 1 - first[t]! / count;
    traits[base + 5] = (ends[t]! + 0.5) / (plays[t]! + 4);
    traits[base + 6] = (repeats[t]! + 0.05) / (plays[t]! + 2);
  }
  return traits;
}

export const artistTraitNames = [
  "log tracks of the artist",
  "log plays of the artist",
  "share of the artist's plays",
  "log place among the artist's tracks",
] as const;
export const traitsByArtist = artistTraitNames.length;

/** `traitsByArtist` numbers a track, all 0 where it has no artist. `counts` are playlists by track. */
export function artistTraits(artists: ArtistIndex, counts: Uint32Array): Float32Array {
  const traits = new Float32Array(counts.length * traitsByArtist);
  const { offsets, values } = artists.tracks;
  for (let artist = 1; artist < offsets.length - 1; artist++) {
    const tracks = values.subarray(offsets[artist]!, offsets[artist + 1]!);
    const plays = tracks.reduce((sum, track) => sum + counts[track]!, 0);
    tracks.forEach((track, place) => {
      const base = track * traitsByArtist;
      traits[base] = Math.log1p(tracks.length);
      traits[base + 1] = Math.log1p(plays);
      traits[base + 2] = (counts[track]! + 0.2) / (plays + 2);
      traits[base + 3] = Math.log1p(place);
    });
  }
  return traits;
}

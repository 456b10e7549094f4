/** Traits of tracks by themselves: how often, how recently and where in playlists they play. */
import type { ArtistIndex } from "../../core/names/artists.js";
import type { PlayIndex } from "../../core/plays/play-index.js";
import type { Sessions } from "../../core/plays/sessions.js";

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

/** `traitsPerTrack` numbers per track. Ages are shares of all playlists; a track that never plays has age 1. */
export function trackTraits({ trackCount, offsets }: Sessions, index: PlayIndex): Float32Array {
  const { offsets: starts, positions, sessions } = index;
  const count = offsets.length - 1;
  const [firstRecent, firstLate] = [count * 0.98, count * 0.9];
  const traits = new Float32Array(trackCount * traitsPerTrack);
  for (let t = 0; t < trackCount; t++) {
    const base = t * traitsPerTrack;
    const [start, end] = [starts[t]!, starts[t + 1]!];
    const plays = end - start;
    let [first, last, recent, late, ends, repeats] = [0, 0, 0, 0, 0, 0];
    for (let o = start; o < end; o++) {
      const position = positions[o]!;
      const session = sessions[o]!;
      if (session >= firstRecent) recent++;
      if (session >= firstLate) late++;
      if (position === offsets[session + 1]! - 1) ends++;
      if (o === start) first = session;
      else if (session === last && positions[o - 1] === position - 1) repeats++;
      last = session;
    }
    traits[base] = Math.log1p(plays);
    traits[base + 1] = Math.log1p(recent);
    traits[base + 2] = Math.log1p(late);
    traits[base + 3] = plays === 0 ? 1 : 1 - (last + 1) / count;
    traits[base + 4] = plays === 0 ? 1 : 1 - first / count;
    traits[base + 5] = (ends + 0.5) / (plays + 4);
    traits[base + 6] = (repeats + 0.05) / (plays + 2);
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

/** `traitsByArtist` numbers per track, all 0 if it has no artist. @param counts the number of playlists with each track */
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

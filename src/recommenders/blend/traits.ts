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

/** What `trackTraits` counts of each track. */
const tally = { plays: 0, recent: 1, late: 2, first: 3, last: 4, ends: 5, repeats: 6 } as const;
const tallyWidth = 8;

/** `traitsPerTrack` numbers a track. Ages are shares of all playlists; a track that never plays has age 1. */
export function trackTraits(sessions: Sessions): Float32Array {
  const { trackCount, offsets, items } = sessions;
  const count = sessionCount(sessions);
  // What is counted of a track stands in one place: most tracks are in no cache when one of them plays.
  const tallies = new Int32Array(trackCount * tallyWidth);
  const [recent, late] = [count * 0.98, count * 0.9];
  for (let s = 0; s < count; s++) {
    const [start, end] = [offsets[s]!, offsets[s + 1]!];
    for (let i = start; i < end; i++) {
      const track = items[i]!;
      const at = track * tallyWidth;
      // Numbered from 1, so that 0 says that it never played.
      if (tallies[at + tally.plays] === 0) tallies[at + tally.first] = s + 1;
      tallies[at + tally.last] = s + 1;
      tallies[at + tally.plays]! += 1;
      if (s >= recent) tallies[at + tally.recent]! += 1;
      if (s >= late) tallies[at + tally.late]! += 1;
      if (i === end - 1) tallies[at + tally.ends]! += 1;
      if (i > start && items[i - 1] === track) tallies[at + tally.repeats]! += 1;
    }
  }
  const traits = new Float32Array(trackCount * traitsPerTrack);
  for (let t = 0; t < trackCount; t++) {
    const at = t * tallyWidth;
    const base = t * traitsPerTrack;
    const plays = tallies[at + tally.plays]!;
    traits[base] = Math.log1p(plays);
    traits[base + 1] = Math.log1p(tallies[at + tally.recent]!);
    traits[base + 2] = Math.log1p(tallies[at + tally.late]!);
    traits[base + 3] = plays === 0 ? 1 : 1 - tallies[at + tally.last]! / count;
    traits[base + 4] = plays === 0 ? 1 : 1 - (tallies[at + tally.first]! - 1) / count;
    traits[base + 5] = (tallies[at + tally.ends]! + 0.5) / (plays + 4);
    traits[base + 6] = (tallies[at + tally.repeats]! + 0.05) / (plays + 2);
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

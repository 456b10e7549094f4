/** Parts of a corpus: some of its playlists as a corpus of their own, and playlists as questions. */
import { type Corpus, playlistCount } from "./corpus.js";
import type { Query } from "./sequences-file.js";

/**
 * The playlists that `belongs` names, as a corpus with a catalogue of its own: tracks are numbered anew by first appearance, so
 * the part holds nothing of the others.
 */
export function partOf(corpus: Corpus, belongs: (playlist: number) => boolean): Corpus {
  const chosen: number[] = [];
  let plays = 0;
  for (let p = 0; p < playlistCount(corpus); p++) {
    if (!belongs(p)) continue;
    chosen.push(p);
    plays += corpus.offsets[p + 1]! - corpus.offsets[p]!;
  }
  const numberOf = new Int32Array(corpus.tracks.length).fill(-1);
  const tracks: string[] = [];
  const artists: string[] = [];
  const items = new Uint32Array(plays);
  const offsets = new Uint32Array(chosen.length + 1);
  let at = 0;
  chosen.forEach((p, index) => {
    for (let i = corpus.offsets[p]!; i < corpus.offsets[p + 1]!; i++) {
      const track = corpus.items[i]!;
      if (numberOf[track]! < 0) {
        numberOf[track] = tracks.length;
        tracks.push(corpus.tracks[track]!);
        if (corpus.artists) artists.push(corpus.artists[track]!);
      }
      items[at++] = numberOf[track]!;
    }
    offsets[index + 1] = at;
  });
  const { playlistIds, titles } = corpus;
  return {
    tracks,
    ...(corpus.artists ? { artists } : {}),
    offsets,
    items,
    ...(playlistIds ? { playlistIds: chosen.map((p) => playlistIds[p]!) } : {}),
    ...(titles ? { titles: chosen.map((p) => titles[p]!) } : {}),
  };
}

/** One query a playlist: context = all tracks but the last, next = the last, and the playlist's title. Empty playlists ask nothing. */
export function queriesOf(corpus: Corpus): Query[] {
  const queries: Query[] = [];
  for (let p = 0; p < playlistCount(corpus); p++) {
    const tracks = Array.from(
      corpus.items.subarray(corpus.offsets[p], corpus.offsets[p + 1]),
      (track) => corpus.tracks[track]!,
    );
    const next = tracks.pop();
    if (next === undefined) continue;
    const title = corpus.titles?.[p];
    queries.push({ context: tracks, next, ...(title ? { title } : {}) });
  }
  return queries;
}

/** Parts of a corpus: some of its playlists as a corpus of their own, and playlists as queries. */
import { numberByAppearance } from "./by-appearance.js";
import { type Corpus, playlistCount } from "./corpus.js";
import type { Query } from "./files/sequences-file.js";

/** Some playlists of a corpus, without names. */
export interface PartNumbers {
  /** The playlists' numbers in the whole corpus. */
  readonly playlists: Uint32Array;
  /** The tracks' numbers in the whole corpus. */
  readonly tracks: Uint32Array;
  readonly offsets: Uint32Array;
  readonly items: Uint32Array;
}

/** The playlists for which `belongs` is true, with tracks renumbered by first appearance. */
export function partNumbers(
  corpus: Pick<Corpus, "tracks" | "offsets" | "items">,
  belongs: (playlist: number) => boolean,
): PartNumbers {
  const chosen: number[] = [];
  let plays = 0;
  for (let p = 0; p < corpus.offsets.length - 1; p++) {
    if (!belongs(p)) continue;
    chosen.push(p);
    plays += corpus.offsets[p + 1]! - corpus.offsets[p]!;
  }
  const items = new Uint32Array(plays);
  const offsets = new Uint32Array(chosen.length + 1);
  let at = 0;
  chosen.forEach((p, index) => {
    items.set(corpus.items.subarray(corpus.offsets[p]!, corpus.offsets[p + 1]!), at);
    at += corpus.offsets[p + 1]! - corpus.offsets[p]!;
    offsets[index + 1] = at;
  });
  const tracks = numberByAppearance(items, corpus.tracks.length);
  return { playlists: Uint32Array.from(chosen), tracks, offsets, items };
}

/**
 * The playlists for which `belongs` is true, as a corpus with its own catalogue: tracks are renumbered by first appearance, and
 * those of other playlists are left out.
 */
export function partOf(corpus: Corpus, belongs: (playlist: number) => boolean): Corpus {
  const { playlists, tracks, offsets, items } = partNumbers(corpus, belongs);
  const { artists, playlistIds, titles } = corpus;
  const chosen = (strings: readonly string[], numbers: Uint32Array) =>
    Array.from(numbers, (number) => strings[number]!);
  return {
    tracks: chosen(corpus.tracks, tracks),
    artists: artists && chosen(artists, tracks),
    offsets,
    items,
    playlistIds: playlistIds && chosen(playlistIds, playlists),
    titles: titles && chosen(titles, playlists),
  };
}

/** One query per non-empty playlist: context = all tracks but the last, next = the last, and the playlist's title. */
export function queriesOf(corpus: Corpus): Query[] {
  const queries: Query[] = [];
  for (let p = 0; p < playlistCount(corpus); p++) {
    const tracks = Array.from(
      corpus.items.subarray(corpus.offsets[p], corpus.offsets[p + 1]),
      (track) => corpus.tracks[track]!,
    );
    const next = tracks.pop();
    if (next === undefined) continue;
    queries.push({ context: tracks, next, title: corpus.titles?.[p] || undefined });
  }
  return queries;
}

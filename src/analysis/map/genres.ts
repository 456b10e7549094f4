/** Genres that nobody had to label: the words people put into the titles of their playlists. */
import { type Corpus, playlistCount } from "../../corpus/index.js";

export const defaultGenres: readonly string[] = ["rock", "rap", "country"];

/** "Not known", as a number into the genre words. */
export const unknownGenre = 255;

/**
 * The genre word of each track: of the words, the one that most titles of its playlists hold; equal counts go to the word that
 * comes first.
 *
 * @param words at most 255, compared without case and punctuation ("hip hop" is in "Hip-Hop 90s"), as whole words ("rap" is not in
 *   "trap")
 * @returns for each track number a number into `words`, or `unknownGenre`
 */
export function genresOfTracks(corpus: Corpus, words: readonly string[] = defaultGenres): Uint8Array {
  const wanted = words.map(spaced);
  const counts = new Uint32Array(corpus.tracks.length * words.length);
  for (let p = 0; p < playlistCount(corpus); p++) {
    const title = spaced(corpus.titles?.[p]);
    for (const [genre, word] of wanted.entries()) {
      if (word.trim() === "" || !title.includes(word)) continue;
      for (let i = corpus.offsets[p]!; i < corpus.offsets[p + 1]!; i++)
        counts[corpus.items[i]! * words.length + genre]!++;
    }
  }
  return Uint8Array.from(corpus.tracks, (_, track) => {
    let best = unknownGenre;
    for (let g = 0; g < words.length; g++) {
      const count = counts[track * words.length + g]!;
      if (count > 0 && (best === unknownGenre || count > counts[track * words.length + best]!)) best = g;
    }
    return best;
  });
}

const wordsOf = (title = "") => title.toLowerCase().split(/[^\p{L}\p{N}&]+/u);

/** The words with a space around each, so that a search for " hip hop " finds whole words. */
const spaced = (text?: string) => ` ${wordsOf(text).filter(Boolean).join(" ")} `;

/**
 * The words in the titles of the most playlists, for who asked for words that no title holds. Those of fewer than four letters are
 * mostly no genres ("the", "my", "of"), numbers are none.
 */
export function frequentWords(corpus: Corpus, most = 5): string[] {
  const counts = new Map<string, number>();
  for (const title of corpus.titles ?? [])
    for (const word of new Set(wordsOf(title)))
      if (/^\p{L}{4,}$/u.test(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .sort(([a, times], [b, others]) => others - times || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([word]) => word);
}

export interface GenreAgreement {
  /** How many nearest neighbours of each track were looked at. */
  readonly neighbours: number;
  /** How many tracks have a genre word. */
  readonly tracks: number;
  /** Of the nearest neighbours of tracks with a word (neighbours without one included), the share that has the same word. */
  readonly share: number;
  /** The same share where neighbours are drawn at random. */
  readonly chance: number;
  /** share / chance. */
  readonly lift: number;
}

/** @param rows n × each point numbers, nearest first */
export function genreAgreement(
  genres: ArrayLike<number>,
  rows: Uint32Array,
  each: number,
  neighbours = 10,
): GenreAgreement {
  const n = genres.length;
  const looked = Math.min(neighbours, each);
  const sizes = new Map<number, number>();
  let same = 0;
  let known = 0;
  for (let i = 0; i < n; i++) {
    const genre = genres[i]!;
    if (genre === unknownGenre) continue;
    known++;
    sizes.set(genre, (sizes.get(genre) ?? 0) + 1);
    for (let j = 0; j < looked; j++) if (genres[rows[i * each + j]!] === genre) same++;
  }
  const share = known === 0 ? 0 : same / (known * looked);
  const pairs = [...sizes.values()].reduce((sum, size) => sum + size * (size - 1), 0);
  const chance = known === 0 || n < 2 ? 0 : pairs / (known * (n - 1));
  return { neighbours: looked, tracks: known, share, chance, lift: chance === 0 ? 0 : share / chance };
}

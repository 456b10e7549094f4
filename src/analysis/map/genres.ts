/** Genres without labelled data: words from the titles of playlists. */
import { type Corpus, playlistCount } from "../../corpus/index.js";

export const defaultGenres: readonly string[] = ["rock", "rap", "country"];

/** The index for "no genre word". */
export const unknownGenre = -1;

/**
 * The genre word of each track: the one that occurs in the most titles of its playlists; ties go to the first in `words`.
 *
 * @param words compared without case and punctuation ("hip hop" is in "Hip-Hop 90s"), as whole words ("rap" is not in "trap")
 * @returns for each track number an index into `words`, or `unknownGenre`
 */
export function genresOfTracks(corpus: Corpus, words: readonly string[]): Int32Array {
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
  return Int32Array.from(corpus.tracks, (_, track) => {
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
 * The five words that occur in the most titles, to suggest when no title has any of the requested ones. Leaves out numbers, and words of
 * fewer than four letters, which are rarely genres ("the", "my", "of"), or of more than thirty, which make a map as wide as they are.
 */
export function frequentWords(corpus: Corpus): string[] {
  const counts = new Map<string, number>();
  for (const title of corpus.titles ?? [])
    for (const word of new Set(wordsOf(title)))
      if (/^\p{L}{4,30}$/u.test(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .sort(([a, times], [b, others]) => others - times || (a < b ? -1 : 1))
    .slice(0, 5)
    .map(([word]) => word);
}

export interface GenreAgreement {
  /** The number of nearest neighbours compared, per track. */
  readonly neighbours: number;
  /** The number of tracks with a genre word. */
  readonly tracks: number;
  /** The share of neighbours of tracks with a word that have the same word; neighbours without one count as different. */
  readonly share: number;
  /** The expected share if neighbours were drawn at random. */
  readonly chance: number;
  /** share / chance. */
  readonly lift: number;
}

/** Compares the ten nearest. @param rows n × each point numbers, nearest first */
export function genreAgreement(genres: ArrayLike<number>, rows: Uint32Array, each: number): GenreAgreement {
  const n = genres.length;
  const looked = Math.min(10, each);
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

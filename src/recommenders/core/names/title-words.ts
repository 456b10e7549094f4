/**
 * Finds tracks by words in the titles of their playlists: "rainy sunday" finds tracks from rainy and from sunday playlists. Rare
 * words count more (idf).
 */
import type { Corpus } from "../../../corpus/index.js";
import { normalized } from "../../../system/index.js";
import type { NumericArray, RecommenderState } from "../../contract.js";
import type { Query } from "../asking/query.js";
import type { ScoreBoard } from "../scores/score-board.js";
import { TopK } from "../scores/top-k.js";

/**
 * Each emoji or flag (two characters) is a word, since many titles have nothing else. An English "'s" belongs to its word, since
 * playlists of the eighties are called "80's" as often as "80s".
 */
const writtenWord =
  /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:['’]s(?![\p{L}\p{N}]))?|\p{RI}{2}|\p{Extended_Pictographic}/giu;

/** The words of a title, normalised (lower case, no accents, no plural "s"), each with its spelling in the title. */
interface Words {
  readonly single: Map<string, string>;
  /** Neighbours written as one, "kpop" for "K-Pop", each with its spelling and its two words. Without the single words. */
  readonly joined: Map<string, { readonly written: string; readonly parts: readonly [string, string] }>;
}

function wordsOf(title: string): Words {
  const single = new Map<string, string>();
  const joined: Words["joined"] = new Map();
  let before: { word: string; at: number } | undefined;
  for (const { 0: written, index: at } of title.matchAll(writtenWord)) {
    const plain = normalized(written, "NFKD").replace(/\p{M}/gu, "").toLowerCase();
    for (const [marked] of plain.matchAll(writtenWord)) {
      const unmarked = marked.replace(/['’]/, "");
      const word = unmarked.length > 3 && unmarked.endsWith("s") ? unmarked.slice(0, -1) : unmarked;
      if (!single.has(word)) single.set(word, written);
      if (before !== undefined)
        joined.set(before.word + word, {
          written: title.slice(before.at, at + written.length),
          parts: [before.word, word],
        });
      before = { word, at };
    }
  }
  for (const word of single.keys()) joined.delete(word);
  return { single, joined };
}

/**
 * The key of a word that titles write as one and as two: it finds the playlists of both. Words themselves have no "+".
 */
const eitherWay = (word: string) => `+${word}`;

/** The playlists of each word of their titles, and of the key of each that titles write as one and as two. */
function playlistsByWord(titles: readonly string[]): {
  readonly words: readonly string[];
  readonly shared: number;
  readonly playlistsOf: ReadonlyMap<string, readonly number[]>;
} {
  const playlistsOf = new Map<string, number[]>();
  const pairs: { readonly word: string; readonly p: number }[] = [];
  titles.forEach((title, p) => {
    const { single, joined } = wordsOf(title);
    for (const word of joined.keys()) pairs.push({ word, p });
    for (const word of single.keys()) {
      const list = playlistsOf.get(word);
      if (list === undefined) playlistsOf.set(word, [p]);
      else list.push(p);
    }
  });
  const isShared = (word: string) => playlistsOf.get(word)!.length > 1;
  const all = [...playlistsOf.keys()].sort();
  const bothWays = new Set<string>();
  for (const { word, p } of pairs) {
    const asOne = playlistsOf.get(word);
    if (asOne === undefined) continue;
    const key = eitherWay(word);
    if (!bothWays.has(key)) playlistsOf.set(key, [...asOne]);
    bothWays.add(key);
    playlistsOf.get(key)!.push(p);
  }
  const shared = all.filter(isShared);
  const unshared = all.filter((word) => !isShared(word));
  return { words: [...shared, ...unshared, ...[...bothWays].sort()], shared: shared.length, playlistsOf };
}

/** Only a word's most frequent tracks are scored. */
const scoredPerWord = 500;
/** Rules can look up more: this many in total for all words (8 bytes each). */
const mostKept = 4_000_000;

export class TitleWords {
  /** The first `shared` words are in two titles or more; last are the keys of those written as one and as two (`eitherWay`). */
  readonly words: readonly string[];
  readonly shared: number;
  /** The tracks of word w are `tracks[offsets[w]] …`, with the smoothed share of its playlists that have each, largest first. */
  readonly offsets: Uint32Array;
  readonly tracks: Uint32Array;
  readonly shares: Float32Array;
  readonly idf: Float32Array;
  readonly #numbers: ReadonlyMap<string, number>;

  private constructor(
    words: readonly string[],
    shared: number,
    arrays: Readonly<Record<string, NumericArray>>,
  ) {
    this.words = words;
    this.shared = shared;
    this.offsets = arrays.offsets as Uint32Array;
    this.tracks = arrays.tracks as Uint32Array;
    this.shares = arrays.shares as Float32Array;
    this.idf = arrays.idf as Float32Array;
    this.#numbers = new Map(words.map((word, number) => [word, number]));
  }

  /** Keeps all tracks of each word if there is room. Shares are smoothed: playlists with both / (playlists with the word + 3). */
  static fit(corpus: Corpus, titles: readonly string[]): TitleWords {
    const { words, shared, playlistsOf } = playlistsByWord(titles);
    const offsets = new Uint32Array(words.length + 1);
    const idf = new Float32Array(words.length);
    const tracks: number[] = [];
    const shares: number[] = [];
    // For each track: the number of the word's playlists with it, and the last visit that saw it. Interleaved for the cache.
    const seen = new Uint32Array(2 * corpus.tracks.length);
    const touched = new Uint32Array(corpus.tracks.length);
    const top = new TopK((a, b) => a < b);
    const kept = keptPerWord(words.map((word) => playsOf(corpus, playlistsOf.get(word)!)));
    let visit = 0;
    words.forEach((word, w) => {
      const playlists = playlistsOf.get(word)!;
      idf[w] = Math.log(1 + titles.length / playlists.length);
      const before = visit;
      let count = 0;
      for (const p of playlists) {
        visit++;
        for (let i = corpus.offsets[p]!; i < corpus.offsets[p + 1]!; i++) {
          const track = corpus.items[i]!;
          const last = seen[2 * track + 1]!;
          if (last === visit) continue;
          if (last <= before) {
            seen[2 * track] = 0;
            touched[count++] = track;
          }
          seen[2 * track]! += 1;
          seen[2 * track + 1] = visit;
        }
      }
      top.start(Math.min(kept, count));
      for (let i = 0; i < count; i++) {
        const playlistsWith = seen[2 * touched[i]!]!;
        if (!top.refuses(playlistsWith)) top.push(touched[i]!, playlistsWith);
      }
      const best = top.take();
      for (let i = 0; i < best.numbers.length; i++) {
        tracks.push(best.numbers[i]!);
        shares.push(best.scores[i]! / (playlists.length + 3));
      }
      offsets[w + 1] = tracks.length;
    });
    return new TitleWords(words, shared, {
      offsets,
      tracks: Uint32Array.from(tracks),
      shares: Float32Array.from(shares),
      idf,
    });
  }

  static restore(state: RecommenderState): TitleWords {
    const { words, shared } = state.settings as { words: string[]; shared?: number };
    // Version 1 only kept shared words.
    return new TitleWords(words, shared ?? words.length, state.arrays);
  }

  save(): RecommenderState {
    const { words, shared, offsets, tracks, shares, idf } = this;
    return {
      kind: "title-words",
      version: 2,
      settings: { words, shared },
      arrays: { offsets, tracks, shares, idf },
    };
  }

  /**
   * The distinct known words of a title: their numbers, and their spellings in the title. Two words that other titles write as one
   * ("k-pop", "kpop") count as that one alone.
   */
  known(title: string | undefined): Map<number, string> {
    const known = new Map<number, string>();
    const { single, joined } = wordsOf(title ?? "");
    for (const [word, { written, parts }] of joined) {
      const number = this.#numberOf(word);
      if (number === undefined) continue;
      known.set(number, written);
      for (const part of parts) single.delete(part);
    }
    for (const [word, written] of single) {
      const number = this.#numberOf(word);
      if (number !== undefined) known.set(number, written);
    }
    return known;
  }

  #numberOf(word: string): number | undefined {
    return this.#numbers.get(eitherWay(word)) ?? this.#numbers.get(word);
  }

  /** The title's words that are in two titles or more, each as it is written. */
  #sharedIn(title: string | undefined): number[] {
    const numbers = [...wordsOf(title ?? "").single.keys()].map((word) => this.#numbers.get(word));
    return numbers.filter((number) => number !== undefined && number < this.shared) as number[];
  }

  /**
   * Adds at most 1 to the tracks of the title's words: the idf-weighted mean of their shares.
   *
   * @param isSharedOnly leaves out words in a single title, and takes words only as they are written
   */
  score(query: Query, board: ScoreBoard, isSharedOnly = false): void {
    const words = isSharedOnly ? this.#sharedIn(query.title) : [...this.known(query.title).keys()];
    const total = words.reduce((sum, word) => sum + this.idf[word]!, 0);
    for (const word of words) {
      const weight = this.idf[word]! / total;
      const start = this.offsets[word]!;
      const end = Math.min(this.offsets[word + 1]!, start + scoredPerWord);
      for (let i = start; i < end; i++) {
        board.add(this.tracks[i]!, weight * this.shares[i]!);
      }
    }
  }
}

function playsOf({ offsets }: Corpus, playlists: readonly number[]): number {
  return playlists.reduce((plays, p) => plays + offsets[p + 1]! - offsets[p]!, 0);
}

/** How many tracks a word may keep. @param plays in each word's playlists: an upper bound on its tracks */
function keptPerWord(plays: readonly number[]): number {
  const all = plays.reduce((most, here) => Math.max(most, here), scoredPerWord);
  let kept = scoredPerWord;
  while (kept < all && plays.reduce((sum, here) => sum + Math.min(here, 2 * kept), 0) <= mostKept) kept *= 2;
  return kept;
}

/**
 * Typo-tolerant search over track ids ("Artist-Track"). Words are weighted by rarity (Robertson's idf); whole words rank before prefixes,
 * prefixes before typos. A query without words is searched by its emoji and signs. The inverted index uses typed arrays, since a million
 * titles as JavaScript objects would need a gigabyte.
 */
import { shortTurns } from "./short-turns.js";
import { WordIndex } from "./word-index.js";
import { symbolsOf, wordsOf } from "./words.js";

export interface TrackHit {
  readonly track: string;
  /** 0 to 1: the share of the query, weighted by rarity, that the track has; lower if it has other words too, or is in few playlists. */
  readonly score: number;
}

// Limits of the search for versions of a name: nearly every name has a word that few tracks have.
const mostLookedThrough = 20_000;
const mostVersions = 64;
/** "(feat. Somebody) - 2011 Digital Remastered Version" has seven. */
const mostWordsBeside = 12;

/** Finds tracks by words in titles and artists; tolerates typos. */
export class TrackSearch {
  readonly #tracks: readonly string[];
  readonly #words: WordIndex;
  /** Tracks of word w: `#postings[#starts[w]] … #postings[#starts[w + 1] - 1]`, ascending. */
  readonly #starts: Uint32Array;
  readonly #postings: Uint32Array;
  /** How many distinct words each track has, without symbols. */
  readonly #lengths: Uint16Array;
  /** The base factor of each track's score, by popularity. */
  readonly #esteem: Float32Array;
  readonly #scores: Float32Array;
  readonly #seenBy: Uint32Array;
  #serial = 0;

  private constructor(parts: {
    tracks: readonly string[];
    words: WordIndex;
    starts: Uint32Array;
    postings: Uint32Array;
    lengths: Uint16Array;
    esteem: Float32Array;
  }) {
    this.#tracks = parts.tracks;
    this.#words = parts.words;
    this.#starts = parts.starts;
    this.#postings = parts.postings;
    this.#lengths = parts.lengths;
    this.#esteem = parts.esteem;
    this.#scores = new Float32Array(parts.tracks.length);
    this.#seenBy = new Uint32Array(parts.tracks.length);
  }

  /**
   * Builds the index in slices of a few milliseconds, so that a server can answer other requests meanwhile.
   *
   * @param plays how many playlists have each track: of equal matches, the more popular one ranks first; default: unknown
   */
  static async build(tracks: readonly string[], plays?: ArrayLike<number>): Promise<TrackSearch> {
    const numbers = new Map<string, number>();
    const lengths = new Uint16Array(tracks.length);
    const symbols = new Uint16Array(tracks.length);
    let words = new Uint32Array(Math.max(16, tracks.length * 6));
    let counts = new Uint32Array(1024);
    let length = 0;
    const turns = shortTurns();
    for (let track = 0; track < tracks.length; track++) {
      const distinct = new Set(wordsOf(tracks[track]!));
      lengths[track] = distinct.size;
      for (const symbol of symbolsOf(tracks[track]!)) distinct.add(symbol);
      symbols[track] = distinct.size - lengths[track]!;
      if (length + distinct.size > words.length) words = grown(words, length + distinct.size);
      for (const word of distinct) {
        let number = numbers.get(word);
        if (number === undefined) {
          number = numbers.size;
          numbers.set(word, number);
          if (number >= counts.length) counts = grown(counts, number + 1);
        }
        words[length++] = number;
        counts[number]!++;
      }
      if (turns.due) await turns.take();
    }
    const starts = new Uint32Array(numbers.size + 1);
    for (let word = 0; word < numbers.size; word++) starts[word + 1] = starts[word]! + counts[word]!;
    const postings = new Uint32Array(length);
    const next = starts.slice();
    for (let track = 0, at = 0; track < tracks.length; track++) {
      for (const end = at + lengths[track]! + symbols[track]!; at < end; at++)
        postings[next[words[at]!]!++] = track;
      if (turns.due) await turns.take();
    }
    return new TrackSearch({
      tracks,
      words: await WordIndex.build(numbers, turns),
      starts,
      postings,
      lengths,
      esteem: esteemOf(tracks.length, plays),
    });
  }

  /** The tracks that match `query` best; at most `limit`, equal scores in catalogue order. */
  find(query: string, limit: number): TrackHit[] {
    const words = wordsOf(query);
    const typed = [...new Set(words.length > 0 ? words : symbolsOf(query))].slice(0, 16);
    const scores = this.#scores;
    const touched: number[] = [];
    let possible = 0;
    for (const word of typed) {
      const matches = this.#words.match(word);
      const serial = this.#nextSerial();
      // If the exact word is known, a rarer similar word must not count for more.
      const known = matches[0]?.weight === 1 ? this.#rarity(matches[0].word) : Number.POSITIVE_INFINITY;
      let rarest = matches.length === 0 ? Math.log(1 + this.#tracks.length) : 0;
      // Best matches first: for each typed word, a track counts only its best matching word.
      for (const match of matches) {
        const start = this.#starts[match.word]!;
        const end = this.#starts[match.word + 1]!;
        const rarity = Math.min(known, this.#rarity(match.word));
        rarest = Math.max(rarest, rarity);
        for (let i = start; i < end; i++) {
          const track = this.#postings[i]!;
          if (this.#seenBy[track] === serial) continue;
          this.#seenBy[track] = serial;
          if (scores[track] === 0) touched.push(track);
          scores[track]! += match.weight * rarity;
        }
      }
      possible += rarest;
    }
    const best = this.#best(touched, typed.length, limit);
    const hits = best.map(([track, score]) => ({
      track: this.#tracks[track]!,
      score: possible === 0 ? 0 : Math.min(1, score / possible),
    }));
    for (const track of touched) scores[track] = 0;
    return hits;
  }

  /**
   * The tracks with exactly these words in this order, whatever the case, accents and punctuation: "nina simone - feeling good". In
   * catalogue order.
   */
  named(written: string): string[] {
    const words = wordsOf(written);
    const wanted = words.join(" ");
    return this.#holding(new Set(words), 0).filter((id) => wordsOf(id).join(" ") === wanted);
  }

  /**
   * The tracks whose plain names have exactly these words: "Nina Simone-Feeling Good - Radio Edit" for "nina simone - feeling good". In
   * catalogue order; empty if too many tracks have these words to look at each.
   *
   * @param plainOf returns the plain name of a track
   */
  versionsOf(plain: string, plainOf: (track: string) => string): string[] {
    const words = wordsOf(plain);
    const wanted = words.join(" ");
    const held = this.#holding(new Set(words), mostWordsBeside);
    if (held.length > mostVersions) return [];
    return held.filter((id) => wordsOf(plainOf(id)).join(" ") === wanted);
  }

  /** The tracks with all of the words and at most `others` more; empty if even the rarest word is in too many tracks. */
  #holding(words: ReadonlySet<string>, others: number): string[] {
    const numbers: number[] = [];
    for (const word of words) {
      const number = this.#words.numberOf(word);
      if (number === undefined) return [];
      numbers.push(number);
    }
    const count = (word: number) => this.#starts[word + 1]! - this.#starts[word]!;
    const [rarest, ...rest] = numbers.sort((a, b) => count(a) - count(b));
    if (rarest === undefined || (others > 0 && count(rarest) > mostLookedThrough)) return [];
    const found: string[] = [];
    for (let i = this.#starts[rarest]!; i < this.#starts[rarest + 1]!; i++) {
      const track = this.#postings[i]!;
      const length = this.#lengths[track]!;
      if (length < words.size || length > words.size + others) continue;
      if (rest.every((word) => this.#has(word, track))) found.push(this.#tracks[track]!);
    }
    return found;
  }

  #has(word: number, track: number): boolean {
    let low = this.#starts[word]!;
    let high = this.#starts[word + 1]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#postings[middle]! < track) low = middle + 1;
      else high = middle;
    }
    return low < this.#starts[word + 1]! && this.#postings[low] === track;
  }

  #rarity(word: number): number {
    return Math.log(1 + this.#tracks.length / (this.#starts[word + 1]! - this.#starts[word]!));
  }

  #best(touched: readonly number[], typed: number, limit: number): Array<[track: number, score: number]> {
    const best: Array<[number, number]> = [];
    for (const track of touched) {
      // Of two tracks with the same matches, the one with fewer other words, or the more popular one, ranks first.
      const score =
        this.#scores[track]! * (this.#esteem[track]! + 0.1 * Math.min(1, typed / this.#lengths[track]!));
      const last = best[best.length - 1];
      if (best.length === limit && last !== undefined && !isBefore(track, score, last)) continue;
      let at = best.length;
      while (at > 0 && isBefore(track, score, best[at - 1]!)) at--;
      best.splice(at, 0, [track, score]);
      if (best.length > limit) best.pop();
    }
    return best;
  }

  #nextSerial(): number {
    if (this.#serial === 0xffffffff) {
      this.#seenBy.fill(0);
      this.#serial = 0;
    }
    return ++this.#serial;
  }
}

/** From 0.75 for tracks in no playlist to 0.9 for the most popular; 0.9 for all if `plays` is unknown. */
function esteemOf(count: number, plays: ArrayLike<number> | undefined): Float32Array {
  const esteem = new Float32Array(count).fill(0.9);
  let most = 0;
  for (let track = 0; track < count; track++) most = Math.max(most, plays?.[track] ?? 0);
  if (most === 0) return esteem;
  const perLog = 0.15 / Math.log1p(most);
  for (let track = 0; track < count; track++) esteem[track] = 0.75 + perLog * Math.log1p(plays![track] ?? 0);
  return esteem;
}

function isBefore(track: number, score: number, other: readonly [number, number]): boolean {
  return score > other[1] || (score === other[1] && track < other[0]);
}

function grown(array: Uint32Array<ArrayBuffer>, needed: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(needed, array.length * 2));
  larger.set(array);
  return larger;
}

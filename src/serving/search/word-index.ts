/**
 * The words of a text collection: finds those that equal a typed word, begin with it, or are one or two typos away. Candidates for typos
 * come from shared trigrams, kept as hashed buckets in one array: a few megabytes for a million titles.
 */
import { editDistance, type Turns } from "../../system/index.js";

/** A word of the collection and how well it matches: 1 if exact, less for a prefix or a typo. */
export interface WordMatch {
  readonly word: number;
  readonly weight: number;
}

const buckets = 1 << 18;
const mostMatches = 64;
/** Longer words are found as they are or by their beginning, not by typos: their trigrams would take quadratic time. */
const longestMistyped = 100;

export class WordIndex {
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #words: readonly string[];
  /** Word numbers, sorted by word. */
  readonly #sorted: Uint32Array;
  readonly #bucketStarts: Uint32Array;
  readonly #bucketWords: Uint32Array;
  readonly #shared: Uint8Array;

  private constructor(parts: {
    numbers: ReadonlyMap<string, number>;
    words: readonly string[];
    sorted: Uint32Array;
    bucketStarts: Uint32Array;
    bucketWords: Uint32Array;
  }) {
    this.#numbers = parts.numbers;
    this.#words = parts.words;
    this.#sorted = parts.sorted;
    this.#bucketStarts = parts.bucketStarts;
    this.#bucketWords = parts.bucketWords;
    this.#shared = new Uint8Array(parts.words.length);
  }

  /**
   * @param numbers every word with its number, 0 … n-1, in that order
   * @param turns lets other work run in between
   */
  static async build(numbers: ReadonlyMap<string, number>, turns: Turns): Promise<WordIndex> {
    const words = [...numbers.keys()];
    const sorted = await sortedNumbers(words, turns);
    const starts = new Uint32Array(buckets + 1);
    for (let number = 0; number < words.length; number++) {
      for (const bucket of trigramBuckets(words[number]!)) starts[bucket + 1]!++;
      if (turns.due) await turns.take();
    }
    for (let i = 0; i < buckets; i++) starts[i + 1]! += starts[i]!;
    const bucketWords = new Uint32Array(starts[buckets]!);
    const next = starts.slice();
    for (let number = 0; number < words.length; number++) {
      for (const bucket of trigramBuckets(words[number]!)) bucketWords[next[bucket]!++] = number;
      if (turns.due) await turns.take();
    }
    return new WordIndex({ numbers, words, sorted, bucketStarts: starts, bucketWords });
  }

  /** The number of exactly this word; undefined if no text has it. */
  numberOf(word: string): number | undefined {
    return this.#numbers.get(word);
  }

  /** The words that `typed` may mean, best first. */
  match(typed: string): WordMatch[] {
    const best = new Map<number, number>();
    const note = (word: number, weight: number) => {
      if (weight > (best.get(word) ?? 0)) best.set(word, weight);
    };
    const exact = this.#numbers.get(typed);
    if (exact !== undefined) note(exact, 1);
    if (typed.length >= 2) {
      for (const word of this.#beginningWith(typed))
        note(word, 0.6 + (0.3 * typed.length) / this.#words[word]!.length);
    }
    if (typed.length >= 3) {
      const limit = typed.length >= 8 ? 2 : 1;
      for (const word of this.#sharingTrigrams(typed, limit)) {
        const distance = editDistance(typed, this.#words[word]!, limit);
        if (distance <= limit) note(word, distance === 0 ? 1 : 0.8 - 0.2 * distance);
      }
    }
    return [...best]
      .map(([word, weight]) => ({ word, weight }))
      .sort((a, b) => b.weight - a.weight || a.word - b.word)
      .slice(0, mostMatches);
  }

  #beginningWith(typed: string): number[] {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#words[this.#sorted[middle]!]! < typed) low = middle + 1;
      else high = middle;
    }
    const found: number[] = [];
    for (let i = low; i < this.#sorted.length && found.length < 4 * mostMatches; i++) {
      const word = this.#sorted[i]!;
      if (!this.#words[word]!.startsWith(typed)) break;
      found.push(word);
    }
    return found;
  }

  /** Words with enough trigrams in common: one edit changes at most three of them, a swap of neighbours four. */
  #sharingTrigrams(typed: string, limit: number): number[] {
    const wanted = trigramBuckets(typed);
    const needed = Math.max(1, wanted.length - 4 * limit);
    const shared = this.#shared;
    const touched: number[] = [];
    for (const bucket of wanted) {
      for (let i = this.#bucketStarts[bucket]!; i < this.#bucketStarts[bucket + 1]!; i++) {
        const word = this.#bucketWords[i]!;
        if (shared[word]! === 0) touched.push(word);
        if (shared[word]! < 255) shared[word]!++;
      }
    }
    const found = touched.filter(
      (word) => shared[word]! >= needed && Math.abs(this.#words[word]!.length - typed.length) <= limit,
    );
    for (const word of touched) shared[word] = 0;
    return found;
  }
}

/** Indices into `words`, sorted by word. Words with the same first two letters are sorted together, so that no single sort blocks long. */
async function sortedNumbers(words: readonly string[], turns: Turns): Promise<Uint32Array> {
  const alike = new Map<string, number[]>();
  for (let number = 0; number < words.length; number++) {
    const beginning = words[number]!.slice(0, 2);
    const group = alike.get(beginning);
    if (group === undefined) alike.set(beginning, [number]);
    else group.push(number);
    if (turns.due) await turns.take();
  }
  const sorted = new Uint32Array(words.length);
  let at = 0;
  for (const beginning of [...alike.keys()].sort((a, b) => (a < b ? -1 : 1))) {
    const group = alike.get(beginning)!;
    sorted.set(
      group.sort((a, b) => (words[a]! < words[b]! ? -1 : 1)),
      at,
    );
    at += group.length;
    if (turns.due) await turns.take();
  }
  return sorted;
}

/** The distinct buckets of a word's trigrams, including those at its two ends. */
function trigramBuckets(word: string): number[] {
  const found: number[] = [];
  if (word.length > longestMistyped) return found;
  const code = (i: number) => (i < 0 || i >= word.length ? 1 : word.charCodeAt(i));
  for (let i = -1; i <= word.length - 2; i++) {
    let hash =
      Math.imul(code(i), 0x9e3779b1) ^
      Math.imul(code(i + 1), 0x85ebca6b) ^
      Math.imul(code(i + 2), 0xc2b2ae35);
    hash = Math.imul(hash ^ (hash >>> 15), 0x27d4eb2f);
    const bucket = (hash >>> 8) & (buckets - 1);
    if (!found.includes(bucket)) found.push(bucket);
  }
  return found;
}

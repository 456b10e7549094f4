/** Which tracks are learnt, how often each occurs, and with what chance an occurrence is kept. */
import type { Corpus } from "../corpus/index.js";
import { SegueError } from "../system/index.js";
import type { Word2VecOptions } from "./options.js";
import { ofTracks } from "./wording.js";

/** Stands for "not in the vocabulary" where a row number is expected. */
export const NO_ROW = 0xffffffff;

export interface Vocabulary {
  /** Track ids by row: those of `base` first, then by falling count, equal counts in order of first appearance. */
  readonly tracks: readonly string[];
  /** Occurrences by row. */
  readonly counts: Float64Array;
  /** The row of each track number of the corpus, or `NO_ROW`. */
  readonly rowOf: Uint32Array;
  /** Every token of the corpus, in the vocabulary or not. */
  readonly words: number;
  /** The smallest count that was let in; above `minCount` where `maxFinalVocab` asked for it. */
  readonly minCount: number;
}

/** Tracks that are known already: training goes on with them, whatever their count. */
export interface VocabularyBase {
  readonly tracks: readonly string[];
  readonly counts?: ArrayLike<number>;
}

/** @throws SegueError when no track occurs often enough */
export function buildVocabulary(
  corpus: Corpus,
  options: Pick<Word2VecOptions, "minCount" | "maxFinalVocab">,
  base?: VocabularyBase,
  { option, item, occurrence, list } = ofTracks,
): Vocabulary {
  const { items, offsets } = corpus;
  const words = offsets[offsets.length - 1]!;
  const occurrences = new Uint32Array(corpus.tracks.length);
  for (let i = offsets[0]!; i < words; i++) occurrences[items[i]!]!++;

  const rowOf = new Uint32Array(corpus.tracks.length).fill(NO_ROW);
  const tracks = base ? [...base.tracks] : [];
  if (base) {
    const rows = new Map(base.tracks.map((track, row) => [track, row]));
    for (let number = 0; number < rowOf.length; number++) {
      rowOf[number] = rows.get(corpus.tracks[number]!) ?? NO_ROW;
    }
  }
  const candidates: number[] = [];
  for (let number = 0; number < rowOf.length; number++) {
    if (rowOf[number] === NO_ROW && occurrences[number]! > 0 && occurrences[number]! >= options.minCount) {
      candidates.push(number);
    }
  }
  sortByCount(candidates, occurrences);
  let minCount = options.minCount;
  const room =
    options.maxFinalVocab === undefined ? Infinity : Math.max(0, options.maxFinalVocab - tracks.length);
  if (candidates.length > room) {
    // As gensim: the count of the first track that does not fit is too low for all.
    minCount = Math.max(minCount, occurrences[candidates[room]!]! + 1);
    while (candidates.length > 0 && occurrences[candidates.at(-1)!]! < minCount) candidates.pop();
  }
  for (const number of candidates) {
    rowOf[number] = tracks.length;
    tracks.push(corpus.tracks[number]!);
  }
  if (tracks.length === 0) {
    throw new SegueError(
      `no ${item} occurs ${minCount} times or more among ${words} ${occurrence}s: nothing to learn`,
      { hint: `Lower ${option("minCount")}, or give more ${list}s.`, code: "empty-vocabulary" },
    );
  }
  const counts = new Float64Array(tracks.length);
  if (base) for (let row = 0; row < base.tracks.length; row++) counts[row] = base.counts?.[row] ?? 0;
  for (let number = 0; number < rowOf.length; number++) {
    if (rowOf[number] !== NO_ROW) counts[rowOf[number]!]! += occurrences[number]!;
  }
  return { tracks, counts, rowOf, words, minCount };
}

/** By falling count, equal counts by number: as one number each, which sort several times as fast as by a function. */
function sortByCount(numbers: number[], counts: Uint32Array): void {
  // Below 2^53: a corpus has fewer than 2^32 plays, so the product of a count and the tracks that may have it is bounded.
  const tracks = counts.length;
  let most = 0;
  for (const number of numbers) most = Math.max(most, counts[number]!);
  const keys = Float64Array.from(numbers, (number) => (most - counts[number]!) * tracks + number).sort();
  for (let place = 0; place < keys.length; place++) numbers[place] = keys[place]! % tracks;
}

/**
 * The chance of keeping an occurrence, (sqrt(c/t) + 1) · t/c for count c and threshold t = sample × all kept tokens
 * (word2vec.c and gensim), as a number of 32 bits; 2^32 - 1 means always.
 */
export function keepBars(counts: Float64Array, sample: number): Uint32Array {
  let total = 0;
  for (const count of counts) total += count;
  // gensim reads a sample of 1 or more as a count, not as a share.
  const threshold = sample < 1 ? sample * total : Math.floor((sample * (3 + Math.sqrt(5))) / 2);
  return Uint32Array.from(counts, (count) => {
    if (sample === 0 || count === 0) return NO_ROW;
    const chance = (Math.sqrt(count / threshold) + 1) * (threshold / count);
    return chance >= 1 ? NO_ROW : Math.min(NO_ROW - 1, Math.floor(chance * 4294967295));
  });
}

/** Which tracks are learnt, how often each occurs, and with what probability an occurrence is kept. */
import type { Corpus } from "../../corpus/index.js";
import { blocks, orderByCount, SegueError, type Steps } from "../../system/index.js";
import type { Word2VecOptions } from "../options/options.js";
import { ofTracks } from "../options/wording.js";

/** Stands for "not in the vocabulary" where a row number is expected. */
export const NO_ROW = 0xffffffff;

export interface Vocabulary {
  /** Track ids by row: those of `base` first, then by falling count, equal counts in order of first appearance. */
  readonly tracks: readonly string[];
  /** Occurrences by row. */
  readonly counts: Float64Array;
  /** The row of each track number of the corpus, or `NO_ROW`. */
  readonly rowOf: Uint32Array;
  /** All tokens of the corpus, in the vocabulary or not. */
  readonly words: number;
  /** The minimum count used; above the option `minCount` if `maxFinalVocab` raised it. */
  readonly minCount: number;
}

/** Tracks already trained, which stay in the vocabulary whatever their count. */
export interface VocabularyBase {
  readonly tracks: readonly string[];
  readonly counts?: ArrayLike<number>;
}

/** @throws SegueError if no track occurs often enough */
export function* vocabularySteps(
  corpus: Corpus,
  options: Pick<Word2VecOptions, "minCount" | "maxFinalVocab">,
  base?: VocabularyBase,
  { option, item, occurrence, list } = ofTracks,
): Steps<Vocabulary> {
  const { items, offsets } = corpus;
  const words = offsets[offsets.length - 1]!;
  const occurrences = new Uint32Array(corpus.tracks.length);
  for (const [from, to] of blocks(offsets[0]!, words)) {
    countPlays(items, from, to, occurrences);
    yield;
  }
  const rowOf = base
    ? yield* rowsIn(base.tracks, corpus.tracks)
    : new Uint32Array(corpus.tracks.length).fill(NO_ROW);
  const tracks = base ? base.tracks.slice() : [];
  let candidates = yield* frequentOf(occurrences, rowOf, options.minCount);
  candidates = yield* orderByCount(candidates, occurrences);
  let minCount = options.minCount;
  const room =
    options.maxFinalVocab === undefined ? Infinity : Math.max(0, options.maxFinalVocab - tracks.length);
  if (candidates.length > room) {
    // As in gensim: no track with the count of the first one that does not fit is kept.
    minCount = Math.max(minCount, occurrences[candidates[room]!]! + 1);
    let fitting = room;
    while (fitting > 0 && occurrences[candidates[fitting - 1]!]! < minCount) fitting--;
    candidates = candidates.subarray(0, fitting);
  }
  for (const [from, to] of blocks(0, candidates.length)) {
    for (let place = from; place < to; place++) {
      rowOf[candidates[place]!] = tracks.length;
      tracks.push(corpus.tracks[candidates[place]!]!);
    }
    yield;
  }
  if (tracks.length === 0) {
    const raised = minCount > options.minCount;
    throw new SegueError(
      raised
        ? `${option("maxFinalVocab")} ${options.maxFinalVocab} leaves no ${item}: more than ${options.maxFinalVocab} are equally frequent, and none is more so`
        : `no ${item} occurs ${minCount} times or more among ${words} ${occurrence}s: nothing to learn`,
      {
        hint: `${raised ? `Raise ${option("maxFinalVocab")}` : `Lower ${option("minCount")}`}, or give more ${list}s.`,
        code: "empty-vocabulary",
      },
    );
  }
  const counts = new Float64Array(tracks.length);
  if (base) for (let row = 0; row < base.tracks.length; row++) counts[row] = base.counts?.[row] ?? 0;
  for (const [from, to] of blocks(0, rowOf.length)) {
    addCounts(occurrences, rowOf, from, to, counts);
    yield;
  }
  return { tracks, counts, rowOf, words, minCount };
}

function countPlays(items: Uint32Array, from: number, to: number, occurrences: Uint32Array): void {
  for (let i = from; i < to; i++) occurrences[items[i]!]!++;
}

/** The row among `known` of each of `tracks`, or `NO_ROW`. */
function* rowsIn(known: readonly string[], tracks: readonly string[]): Steps<Uint32Array> {
  const rows = new Map<string, number>();
  for (const [from, to] of blocks(0, known.length, 4096)) {
    for (let row = from; row < to; row++) rows.set(known[row]!, row);
    yield;
  }
  const rowOf = new Uint32Array(tracks.length);
  for (const [from, to] of blocks(0, tracks.length, 4096)) {
    for (let number = from; number < to; number++) rowOf[number] = rows.get(tracks[number]!) ?? NO_ROW;
    yield;
  }
  return rowOf;
}

/** The numbers of tracks that have no row yet and occur `minCount` times, in rising order. */
function* frequentOf(occurrences: Uint32Array, rowOf: Uint32Array, minCount: number): Steps<Uint32Array> {
  const least = Math.max(1, minCount);
  const candidates = new Uint32Array(rowOf.length);
  let count = 0;
  for (const [from, to] of blocks(0, rowOf.length)) {
    for (let number = from; number < to; number++) {
      if (rowOf[number] === NO_ROW && occurrences[number]! >= least) candidates[count++] = number;
    }
    yield;
  }
  return candidates.subarray(0, count);
}

function addCounts(
  occurrences: Uint32Array,
  rowOf: Uint32Array,
  from: number,
  to: number,
  counts: Float64Array,
): void {
  for (let number = from; number < to; number++) {
    if (rowOf[number] !== NO_ROW) counts[rowOf[number]!]! += occurrences[number]!;
  }
}

/**
 * The probability of keeping an occurrence, (sqrt(c/t) + 1) · t/c for count c and threshold t = sample × all kept tokens
 * (word2vec.c and gensim), scaled to 32 bits; 2^32 - 1 means always.
 */
export function* keepBarsSteps(counts: Float64Array, sample: number): Steps<Uint32Array> {
  let total = 0;
  for (const [from, to] of blocks(0, counts.length)) {
    for (let row = from; row < to; row++) total += counts[row]!;
    yield;
  }
  // gensim reads a sample of 1 or more as a count, not as a share.
  const threshold = sample < 1 ? sample * total : Math.floor((sample * (3 + Math.sqrt(5))) / 2);
  const bars = new Uint32Array(counts.length);
  for (const [from, to] of blocks(0, counts.length)) {
    for (let row = from; row < to; row++) bars[row] = keepBar(counts[row]!, sample, threshold);
    yield;
  }
  return bars;
}

/** How far the words are those of few tracks. */
export interface Concentration {
  /** The largest share of one track. */
  readonly largest: number;
  /** The chance that two words are the same track: the sum of the squared shares. */
  readonly same: number;
}

/** Of the tokens expected to survive downsampling. */
export function concentrationOf(counts: Float64Array, bars: Uint32Array): Concentration {
  let sum = 0;
  let squares = 0;
  let largest = 0;
  for (let row = 0; row < counts.length; row++) {
    const kept = counts[row]! * bars[row]!;
    sum += kept;
    squares += kept * kept;
    largest = Math.max(largest, kept);
  }
  return sum === 0 ? { largest: 0, same: 0 } : { largest: largest / sum, same: squares / sum ** 2 };
}

function keepBar(count: number, sample: number, threshold: number): number {
  if (sample === 0 || count === 0) return NO_ROW;
  const chance = (Math.sqrt(count / threshold) + 1) * (threshold / count);
  return chance >= 1 ? NO_ROW : Math.min(NO_ROW - 1, Math.floor(chance * 4294967295));
}

/**
 * Divides the corpus: playlists into segments (long ones are cut), segments into chunks of about equal length. The division, and so
 * every random draw made per chunk, depends only on the corpus and the options, not on the number of threads.
 */
import type { Corpus } from "../../corpus/index.js";
import { blocks, copySteps, type Steps } from "../../system/index.js";

/** The maximum length of a segment; windows do not cross segments. gensim cuts at 10,000. */
const SEGMENT_WORDS = 1024;

export interface Chunks {
  /** Segment s is `items[segments[s]] … items[segments[s + 1] - 1]`. */
  readonly segments: Uint32Array;
  /** Chunk c is segments `firsts[c] … firsts[c + 1] - 1`. */
  readonly firsts: Uint32Array;
  readonly mostWords: number;
  readonly mostSegments: number;
}

/** Runs in steps. */
export function* cutIntoChunks(corpus: Corpus, words: number): Steps<Chunks> {
  const { offsets } = corpus;
  // Counted first, to allocate the result in shared memory.
  let counted = new Cut(words);
  for (const [from, to] of blocks(0, offsets.length - 1, 16_384)) {
    counted.add(offsets, from, to);
    yield;
  }
  counted.end();
  const segments = shared(counted.segments + 1);
  const firsts = shared(counted.chunks + 1);
  segments[0] = offsets[0]!;
  counted = new Cut(words, segments, firsts);
  for (const [from, to] of blocks(0, offsets.length - 1, 16_384)) {
    counted.add(offsets, from, to);
    yield;
  }
  counted.end();
  return { segments, firsts, mostWords: counted.mostWords, mostSegments: counted.mostSegments };
}

/** Counts segments and chunks, and records them if given arrays. */
class Cut {
  segments = 0;
  chunks = 0;
  mostWords = 0;
  mostSegments = 0;
  #words = 0;
  #first = 0;

  constructor(
    readonly chunkWords: number,
    readonly segmentEnds?: Uint32Array,
    readonly firsts?: Uint32Array,
  ) {}

  /** The playlists `from` … `to` - 1. */
  add(offsets: Uint32Array, from: number, to: number): void {
    for (let p = from; p < to; p++) {
      for (let at = offsets[p]!; at < offsets[p + 1]!; ) {
        const end = Math.min(offsets[p + 1]!, at + SEGMENT_WORDS);
        this.segments++;
        if (this.segmentEnds) this.segmentEnds[this.segments] = end;
        this.#words += end - at;
        at = end;
        if (this.#words >= this.chunkWords) this.#close();
      }
    }
  }

  end(): void {
    if (this.#words > 0) this.#close();
  }

  #close(): void {
    this.mostWords = Math.max(this.mostWords, this.#words);
    this.mostSegments = Math.max(this.mostSegments, this.segments - this.#first);
    this.chunks++;
    this.#first = this.segments;
    this.#words = 0;
    if (this.firsts) this.firsts[this.chunks] = this.segments;
  }
}

/**
 * Orders the chunks of each round of `round` chunks by falling cost, so that threads that take them in this order finish the round at
 * about the same time. Runs in steps.
 *
 * @param cost the cost of the tokens `from` … `to` - 1
 */
export function* heaviestFirst(
  { segments, firsts }: Chunks,
  round: number,
  cost: (from: number, to: number) => number,
): Steps<Uint32Array> {
  const chunks = firsts.length - 1;
  const order = new Uint32Array(chunks);
  const weights = new Float64Array(round);
  const heavier = (a: number, b: number) => weights[b % round]! - weights[a % round]! || a - b;
  for (const [first, end] of blocks(0, chunks, round)) {
    for (let chunk = first; chunk < end; chunk++) order[chunk] = chunk;
    if (round > 1) {
      for (let chunk = first; chunk < end; chunk++) {
        weights[chunk % round] = cost(segments[firsts[chunk]!]!, segments[firsts[chunk + 1]!]!);
      }
      order.subarray(first, end).sort(heavier);
    }
    yield;
  }
  return order;
}

/** The number of tokens before each chunk. Runs in steps. */
export function* startsOf({ segments, firsts }: Chunks): Steps<Uint32Array> {
  const starts = new Uint32Array(firsts.length - 1);
  for (const [from, to] of blocks(0, starts.length)) {
    for (let chunk = from; chunk < to; chunk++) starts[chunk] = segments[firsts[chunk]!]! - segments[0]!;
    yield;
  }
  return starts;
}

const copies = new WeakMap<Uint32Array, Uint32Array>();

/** The corpus's items in shared memory: copied once per corpus, however many models are trained on it. Runs in steps. */
export function* sharedItems(items: Uint32Array): Steps<Uint32Array> {
  if (typeof SharedArrayBuffer === "undefined" || items.buffer instanceof SharedArrayBuffer) return items;
  let copy = copies.get(items);
  if (!copy) {
    copy = shared(items.length);
    yield* copySteps(copy, items);
    copies.set(items, copy);
  }
  return copy;
}

function shared(length: number): Uint32Array {
  return new Uint32Array(
    typeof SharedArrayBuffer === "undefined"
      ? new ArrayBuffer(4 * length)
      : new SharedArrayBuffer(4 * length),
  );
}

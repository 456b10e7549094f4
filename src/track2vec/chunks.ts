/**
 * How the corpus is cut for work: playlists into segments (long ones are cut), segments into chunks of about equal length. The cut
 * depends on corpus and options alone, never on the number of threads, and so does everything that is drawn by chunk.
 */
import type { Corpus } from "../corpus/index.js";

/** The most tokens in a row that share windows; gensim cuts at 10,000. */
export const SEGMENT_WORDS = 1024;

export interface Chunks {
  /** Segment s is `items[segments[s]] … items[segments[s + 1] - 1]`. */
  readonly segments: Uint32Array;
  /** Chunk c is segments `firsts[c] … firsts[c + 1] - 1`. */
  readonly firsts: Uint32Array;
  readonly mostWords: number;
  readonly mostSegments: number;
}

export function cutIntoChunks(corpus: Corpus, words: number): Chunks {
  const { offsets } = corpus;
  const segments: number[] = [offsets[0]!];
  const firsts: number[] = [0];
  let mostWords = 0;
  let mostSegments = 0;
  let chunkWords = 0;
  const closeChunk = () => {
    mostWords = Math.max(mostWords, chunkWords);
    mostSegments = Math.max(mostSegments, segments.length - 1 - firsts.at(-1)!);
    firsts.push(segments.length - 1);
    chunkWords = 0;
  };
  for (let p = 0; p + 1 < offsets.length; p++) {
    for (let at = offsets[p]!; at < offsets[p + 1]!; ) {
      const end = Math.min(offsets[p + 1]!, at + SEGMENT_WORDS);
      segments.push(end);
      chunkWords += end - at;
      at = end;
      if (chunkWords >= words) closeChunk();
    }
  }
  if (chunkWords > 0) closeChunk();
  return { segments: shared(segments), firsts: shared(firsts), mostWords, mostSegments };
}

/**
 * The chunks in rounds of `round`, within each those with most to do first: threads that take them in this order are done with a
 * round at about the same time.
 *
 * @param cost how much there is to do for the token at a place
 */
export function heaviestFirst(
  { segments, firsts }: Chunks,
  round: number,
  cost: (at: number) => number,
): Uint32Array {
  const chunks = firsts.length - 1;
  const order = shared(Array.from({ length: chunks }, (_, chunk) => chunk));
  if (round === 1) return order;
  const weights = new Float64Array(chunks);
  for (let chunk = 0; chunk < chunks; chunk++) {
    const end = segments[firsts[chunk + 1]!]!;
    let weight = 0;
    for (let at = segments[firsts[chunk]!]!; at < end; at++) weight += cost(at);
    weights[chunk] = weight;
  }
  for (let first = 0; first < chunks; first += round) {
    order.subarray(first, first + round).sort((a, b) => weights[b]! - weights[a]! || a - b);
  }
  return order;
}

const copies = new WeakMap<Uint32Array, Uint32Array>();

/** The corpus's items in memory that threads share: made once a corpus, however many models are trained on it. */
export function sharedItems(items: Uint32Array): Uint32Array {
  if (typeof SharedArrayBuffer === "undefined" || items.buffer instanceof SharedArrayBuffer) return items;
  let copy = copies.get(items);
  if (!copy) {
    copy = new Uint32Array(new SharedArrayBuffer(items.byteLength));
    copy.set(items);
    copies.set(items, copy);
  }
  return copy;
}

function shared(values: number[]): Uint32Array {
  if (typeof SharedArrayBuffer === "undefined") return Uint32Array.from(values);
  const array = new Uint32Array(new SharedArrayBuffer(values.length * 4));
  array.set(values);
  return array;
}

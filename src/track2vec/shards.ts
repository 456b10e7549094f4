/**
 * How the deterministic mode divides work. The shards of a round, a chunk each, start from the same matrices; a row that several of them need
 * is copied by each, and their changes are added up in the order of the shards. Neither the number of shards nor the length of a chunk depends
 * on the number of threads, so neither does the result.
 */
import { MOST_SHARDS } from "./control.js";
import { contextsOf, type Grouping, type GroupingOptions, planGroups } from "./grouping.js";
import type { Word2VecOptions } from "./options.js";

export interface ShardPlan extends Grouping {
  /** 0: no copies, threads work on the matrices themselves. */
  readonly shards: number;
  /** About how many tokens a chunk has. */
  readonly chunkWords: number;
  readonly mostThreads: number;
}

/** A shard for so many tracks. */
const TRACKS_OF_SHARD = 1024;
const CHUNK_WORDS = 256;
/** Shorter chunks are not worth their merging. */
const LEAST_CHUNK_WORDS = 32;
/**
 * With hierarchical softmax every word of a round pushes the root of the tree, and what shards push is summed: with longer chunks than these
 * rows grew without end. With eight shards 256 words were well at window 10 and the rate 0.025, not at window 15, or 10 that does not
 * shrink, or the rate 0.04. Found by trying: contexts count in the square, the rate in its square again.
 */
const mostChunkWords = (shards: number, { sg, hs, alpha, window, shrinkWindows }: GroupingOptions): number =>
  sg && hs
    ? CHUNK_WORDS *
      (MOST_SHARDS / shards) *
      (11 / contextsOf(window, shrinkWindows)) ** 2 *
      (0.025 / alpha) ** 4
    : CHUNK_WORDS;

/** No training of so many words has use for more threads, whatever its vocabulary turns out to be. */
export function mostThreads(words: number, { threads, workers }: Word2VecOptions): number {
  const chunks = Math.max(1, Math.ceil(words / CHUNK_WORDS));
  return Math.min(threads, chunks, workers === "racy" ? Infinity : MOST_SHARDS);
}

export function planShards(
  vocabulary: number,
  options: GroupingOptions & Pick<Word2VecOptions, "workers">,
): ShardPlan {
  const groups = { chunkWords: CHUNK_WORDS, ...planGroups(vocabulary, options) };
  if (options.workers === "racy") return { shards: 0, mostThreads: Infinity, ...groups };
  // Changes are summed, so a track that many shards change at once would move too far: a small vocabulary gets few shards.
  const shards = Math.min(MOST_SHARDS, Math.floor(vocabulary / TRACKS_OF_SHARD));
  const chunkWords = Math.min(CHUNK_WORDS, Math.floor(mostChunkWords(shards, options)));
  if (shards < 2 || chunkWords < LEAST_CHUNK_WORDS) return { shards: 0, mostThreads: 1, ...groups };
  return { shards, mostThreads: shards, ...groups, chunkWords };
}

/**
 * How the deterministic mode divides work. Chunks go to shards in turn; the shards of a round start from the same matrices,
 * train on copies of the rows they need, and then their changes are added up in the order of the shards. Neither the number of
 * shards nor the length of a chunk depends on the number of threads, so neither does the result.
 */
import type { Word2VecOptions } from "./options.js";

export interface ShardPlan {
  /** 0: no copies, threads work on the matrices themselves. */
  readonly shards: number;
  /** About how many tokens a chunk has. */
  readonly chunkWords: number;
  readonly mostThreads: number;
  /** How many negatives a chunk draws in common. */
  readonly pool: number;
}

/** The most shards of a round, and so the most threads of the deterministic mode. */
const MOST_SHARDS = 8;

export function planShards(vocabulary: number, options: Pick<Word2VecOptions, "workers">): ShardPlan {
  const chunkWords = 256;
  const pool = 128;
  if (options.workers === "racy") return { shards: 0, chunkWords, mostThreads: Infinity, pool };
  // Changes are summed, so a track that many shards change at once would move too far: a small vocabulary gets few shards.
  const shards = Math.min(MOST_SHARDS, Math.floor(vocabulary / 1024));
  if (shards < 2) return { shards: 0, chunkWords, mostThreads: 1, pool };
  return { shards, chunkWords, mostThreads: shards, pool };
}

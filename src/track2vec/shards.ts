/**
 * How the deterministic mode divides work. Chunks go to shards in turn; the shards of a round start from the same matrices,
 * train on copies of the rows they need, and then their changes are added up in the order of the shards. Neither the number of
 * shards nor the length of a chunk depends on the number of threads, so neither does the result.
 */
import { GROUP } from "./layout.js";
import type { Word2VecOptions } from "./options.js";

export interface ShardPlan {
  /** 0: no copies, threads work on the matrices themselves. */
  readonly shards: number;
  /** About how many tokens a chunk has. */
  readonly chunkWords: number;
  readonly mostThreads: number;
  /** Centres that are trained at once. */
  readonly group: number;
  /** How many negatives a group of centres draws in common; even. */
  readonly shared: number;
  /** Centres that share the negatives of a draw: whole groups. */
  readonly sharing: number;
}

/** The most shards of a round, and so the most threads of the deterministic mode. */
const MOST_SHARDS = 8;
const SMALL = 1024;
const CHUNK_WORDS = 256;

/** No training of so many words has use for more threads, whatever its vocabulary turns out to be. */
export function mostThreads(words: number, { threads, workers }: Word2VecOptions): number {
  const chunks = Math.max(1, Math.ceil(words / CHUNK_WORDS));
  return Math.min(threads, chunks, workers === "racy" ? Infinity : MOST_SHARDS);
}

export function planShards(
  vocabulary: number,
  options: Pick<Word2VecOptions, "sg" | "workers" | "negative" | "hs">,
): ShardPlan {
  const chunkWords = CHUNK_WORDS;
  // Gradients of a group are summed, too: in a small vocabulary, and where all share the root of a tree, each centre is a group.
  const group = vocabulary < SMALL || options.hs ? 1 : GROUP;
  const shared = 2 * Math.ceil((group === 1 ? 0.5 : 0.8) * options.negative);
  const sharing = options.sg && group > 1 ? 2 * group : group;
  const groups = { chunkWords, group, shared, sharing };
  if (options.workers === "racy") return { shards: 0, mostThreads: Infinity, ...groups };
  // Changes are summed, so a track that many shards change at once would move too far: a small vocabulary gets few shards.
  const shards = Math.min(MOST_SHARDS, Math.floor(vocabulary / SMALL));
  if (shards < 2) return { shards: 0, mostThreads: 1, ...groups };
  return { shards, mostThreads: shards, ...groups };
}

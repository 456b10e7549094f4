/**
 * How deterministic mode divides the work. The shards of a round, one chunk each, start from the same matrices. Each shard copies the rows
 * that it shares with others, and the changes are added up in the order of the shards. Neither the number of shards nor the length of a
 * chunk depends on the number of threads, so neither does the result.
 */
import { MOST_SHARDS } from "../kernel/control.js";
import type { Word2VecOptions } from "../options/options.js";
import type { Concentration } from "../vocabulary/vocabulary.js";
import { contextsOf, type Grouping, type GroupingOptions, planGroups } from "./grouping.js";

export interface ShardPlan extends Grouping {
  /** 0: no copies, threads update the matrices directly. */
  readonly shards: number;
  /** Approximate number of tokens per chunk. */
  readonly chunkWords: number;
  readonly mostThreads: number;
}

/** Tracks per shard. */
const TRACKS_OF_SHARD = 1024;
const CHUNK_WORDS = 256;
/** Shorter chunks are not worth the cost of merging. */
const LEAST_CHUNK_WORDS = 32;
/**
 * With hierarchical softmax every word of a round updates the root of the tree, and the updates of all shards are summed: with longer chunks
 * than these, rows grew without bound. With eight shards, 256 words worked at window 10 and learning rate 0.025, but not at window 15, at
 * window 10 without shrinking, or at rate 0.04. Found empirically: the limit falls with the square of the contexts and the fourth power of
 * the rate.
 */
const mostChunkWords = (shards: number, { sg, hs, alpha, window, shrinkWindows }: GroupingOptions): number =>
  sg && hs
    ? CHUNK_WORDS *
      (MOST_SHARDS / shards) *
      (11 / contextsOf(window, shrinkWindows)) ** 2 *
      (0.025 / alpha) ** 4
    : CHUNK_WORDS;

/**
 * How many shards may train words of few tracks. All shards push a frequent track from where it was, and their pushes are summed: rows grew
 * without bound with eight shards and one track in half of the plays, with one in a tenth of them and no `sample`, and in one session of a
 * million plays. Found empirically: up to these products the loss is that of a single shard.
 */
function mostShards(
  { largest, same }: Concentration,
  { sg, hs, alpha, negative, window, shrinkWindows }: GroupingOptions,
): number {
  const steps = (sg ? Math.max(1, contextsOf(window, shrinkWindows) / 11) : 1) * (alpha / 0.025);
  const most = Math.min((0.004 * 6) / (1 + negative) / same, sg && hs ? 0.02 / largest : Infinity);
  return Math.floor(most / steps);
}

/** The maximum number of threads that a training of `words` words can use, whatever its vocabulary. */
export function mostThreads(words: number, { threads, workers }: Word2VecOptions): number {
  const chunks = Math.max(1, Math.ceil(words / CHUNK_WORDS));
  return Math.min(threads, chunks, workers === "racy" ? Infinity : MOST_SHARDS);
}

/** @param concentration of the words, after downsampling */
export function planShards(
  vocabulary: number,
  concentration: Concentration,
  options: GroupingOptions & Pick<Word2VecOptions, "workers">,
): ShardPlan {
  const groups = { chunkWords: CHUNK_WORDS, ...planGroups(vocabulary, concentration.largest, options) };
  if (options.workers === "racy") return { shards: 0, mostThreads: Infinity, ...groups };
  // Changes are summed, so a track updated by many shards at once would overshoot: a small vocabulary gets few shards.
  const shards = Math.min(
    MOST_SHARDS,
    Math.floor(vocabulary / TRACKS_OF_SHARD),
    mostShards(concentration, options),
  );
  const chunkWords = Math.min(CHUNK_WORDS, Math.floor(mostChunkWords(shards, options)));
  if (shards < 2 || chunkWords < LEAST_CHUNK_WORDS) return { shards: 0, mostThreads: 1, ...groups };
  return { shards, mostThreads: shards, ...groups, chunkWords };
}

/**
 * How the deterministic mode divides work. The shards of a round, a chunk each, start from the same matrices; a row that several of them need
 * is copied by each, and their changes are added up in the order of the shards. Neither the number of shards nor the length of a chunk depends
 * on the number of threads, so neither does the result.
 */
import { MOST_SHARDS } from "./control.js";
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
  /** Whether inputs gain from outputs halfway between before and after a group. */
  readonly halfway: boolean;
}

const SMALL = 1024;
const CHUNK_WORDS = 256;
/** How far a track may move in a group, and a negative until others are drawn, in multiples of a gradient of one. */
const MOST_PUSH_OF_GROUP = 3.5;
const MOST_PUSH_OF_NEGATIVE = 12;
/** The most groups of skip-gram that share negatives. */
const MOST_SHARING = 16;
/** Quads of shared negatives (CBOW: pairs) for one of `negative`: each negative weighs as much less as there are more. */
const DRAWS_OF_NEGATIVE = 0.8;
/**
 * With fewer tracks than this, groups have negatives of their own, and skip-gram's inputs meet outputs halfway: 4 % more hits at 12,000
 * tracks, 8 at 3,000.
 */
const ENOUGH_TO_SHARE = 16 * 1024;
/**
 * How much inputs that meet outputs halfway may give each other in a group, where gradients are one: with 0.75 hits got fewer, with 1 rows
 * grew without end.
 */
const MOST_GIVEN = 0.6;

/** No training of so many words has use for more threads, whatever its vocabulary turns out to be. */
export function mostThreads(words: number, { threads, workers }: Word2VecOptions): number {
  const chunks = Math.max(1, Math.ceil(words / CHUNK_WORDS));
  return Math.min(threads, chunks, workers === "racy" ? Infinity : MOST_SHARDS);
}

export function planShards(
  vocabulary: number,
  options: Pick<Word2VecOptions, "sg" | "workers" | "negative" | "hs" | "alpha" | "window" | "shrinkWindows">,
): ShardPlan {
  const groups = { chunkWords: CHUNK_WORDS, ...planGroups(vocabulary, options) };
  if (options.workers === "racy") return { shards: 0, mostThreads: Infinity, ...groups };
  // Changes are summed, so a track that many shards change at once would move too far: a small vocabulary gets few shards.
  const shards = Math.min(MOST_SHARDS, Math.floor(vocabulary / SMALL));
  if (shards < 2) return { shards: 0, mostThreads: 1, ...groups };
  return { shards, mostThreads: shards, ...groups };
}

function planGroups(
  vocabulary: number,
  { sg, negative, hs, alpha, window, shrinkWindows }: Omit<Parameters<typeof planShards>[1], "workers">,
): Pick<ShardPlan, "group" | "shared" | "sharing" | "halfway"> {
  // The contexts of a centre, and in how many windows of a group a context is, both in the mean.
  const contexts = shrinkWindows ? window + 1 : 2 * window;
  const windows = (GROUP * contexts) / (GROUP + contexts);
  // Gradients of a group are summed at the weights that it began with: in a small vocabulary, where all share the root of a tree, and
  // where steps are long, the sum would go too far, so each centre is a group. Tried: with a push of 4.4 and more trainings diverged.
  const push = sg ? alpha * (8 + negative) * windows : 0;
  // Halfway, an input gains ½ Σ g·g' of another input, over their outputs; g is the step alpha, as often as a negative counts.
  const given = (outputs: number, inputs: number, times: number) =>
    0.5 * outputs * inputs * ((alpha * times * negative) / outputs) ** 2;
  const isFar = push > MOST_PUSH_OF_GROUP;
  if (vocabulary < SMALL || hs || isFar) {
    const shared = 2 * Math.ceil(negative / 2);
    const halfway = sg && !hs && !isFar && given(shared, contexts, 1) <= MOST_GIVEN;
    return { group: 1, shared, sharing: 1, halfway };
  }
  const draws = Math.ceil(DRAWS_OF_NEGATIVE * negative);
  if (!sg) return { group: GROUP, shared: 2 * draws, sharing: GROUP, halfway: false };
  const shared = 4 * draws;
  if (vocabulary < ENOUGH_TO_SHARE) {
    const halfway = given(shared, GROUP + contexts - 1, windows) <= MOST_GIVEN;
    return { group: GROUP, shared, sharing: GROUP, halfway };
  }
  // A negative moves by what all centres that share it give: as many groups as keep that below 12 (with 20 some trainings got worse).
  const pushOfGroup = (alpha * GROUP * contexts * negative) / shared;
  let groups = MOST_SHARING;
  while (groups > 1 && groups * pushOfGroup > MOST_PUSH_OF_NEGATIVE) groups /= 2;
  return { group: GROUP, shared, sharing: groups * GROUP, halfway: false };
}

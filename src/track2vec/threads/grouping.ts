/** How many centres are trained at once, and which of them share negatives. */
import type { Word2VecOptions } from "../options/options.js";

export interface Grouping {
  /** Centres trained at once. */
  readonly group: number;
  /** Number of shared negatives per draw; even. */
  readonly shared: number;
  /** Centres that share a draw of negatives: whole groups. */
  readonly sharing: number;
  /** Whether inputs are updated from the mean of the outputs before and after a group. */
  readonly halfway: boolean;
}

export type GroupingOptions = Pick<
  Word2VecOptions,
  "sg" | "negative" | "hs" | "alpha" | "window" | "shrinkWindows"
>;

/** As in assembly/_settings.ts: the maximum number of centres in a group. */
export const GROUP = 8;
/** With fewer tracks than this, each centre is its own group. */
const FEW = 1024;
/** Likewise if one track is on average more than one of a group's centres. */
const MOST_SHARE = 1 / GROUP;
/** How far a track may move within a group, and a negative before the next draw, in multiples of a unit gradient. */
const MOST_PUSH_OF_GROUP = 3.5;
const MOST_PUSH_OF_NEGATIVE = 12;
/** The maximum number of skip-gram groups that share negatives. */
const MOST_SHARING = 16;
/** Quads (CBOW: pairs) of shared negatives per unit of `negative`; their weights are scaled down accordingly. */
const DRAWS_OF_NEGATIVE = 0.8;
/**
 * With fewer tracks than this, groups do not share negatives, and skip-gram's inputs meet outputs halfway: 4 % more hits at 12,000
 * tracks, 8 % at 3,000.
 */
const ENOUGH_TO_SHARE = 16 * 1024;
/**
 * How much inputs that meet outputs halfway may add to each other in a group, with unit gradients: with 0.75 the hit ratio fell, with 1
 * rows grew without bound.
 */
const MOST_GIVEN = 0.6;

/** The mean number of contexts per centre. */
export const contextsOf = (window: number, shrinkWindows: boolean): number =>
  shrinkWindows ? window + 1 : 2 * window;

/** @param largest the largest share of one track in the words, after downsampling */
export function planGroups(
  vocabulary: number,
  largest: number,
  { sg, negative, hs, alpha, window, shrinkWindows }: GroupingOptions,
): Grouping {
  const contexts = contextsOf(window, shrinkWindows);
  // The mean number of a group's windows that a context is in.
  const windows = (GROUP * contexts) / (GROUP + contexts);
  // A group's gradients are all taken at its initial weights, then summed. The sum would overshoot with few or one prevailing track, with
  // hierarchical softmax (all paths share the root), and with long steps, so there each centre is its own group. Measured: training
  // diverged with a push of 4.4 and more.
  const push = sg ? alpha * (8 + negative) * windows : 0;
  // Halfway, an input gains ½ Σ g·g' of another input, summed over their outputs; g is alpha times the weight of a negative.
  const given = (outputs: number, inputs: number, times: number) =>
    0.5 * outputs * inputs * ((alpha * times * negative) / outputs) ** 2;
  const isFar = push > MOST_PUSH_OF_GROUP;
  if (vocabulary < FEW || largest > MOST_SHARE || hs || isFar) {
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
  // A negative moves by the sum over all centres that share it. Share it among as many groups as keep this below 12 (with 20 some
  // trainings got worse).
  const pushOfGroup = (alpha * GROUP * contexts * negative) / shared;
  let groups = MOST_SHARING;
  while (groups > 1 && groups * pushOfGroup > MOST_PUSH_OF_NEGATIVE) groups /= 2;
  return { group: GROUP, shared, sharing: groups * GROUP, halfway: false };
}

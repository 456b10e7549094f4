/** How many centres are trained at once, and which of them have negatives in common. */
import type { Word2VecOptions } from "./options.js";

export interface Grouping {
  /** Centres that are trained at once. */
  readonly group: number;
  /** How many negatives a group of centres draws in common; even. */
  readonly shared: number;
  /** Centres that share the negatives of a draw: whole groups. */
  readonly sharing: number;
  /** Whether inputs gain from outputs halfway between before and after a group. */
  readonly halfway: boolean;
}

export type GroupingOptions = Pick<
  Word2VecOptions,
  "sg" | "negative" | "hs" | "alpha" | "window" | "shrinkWindows"
>;

/** As in assembly/_settings.ts: the most centres of a group. */
export const GROUP = 8;
/** With fewer tracks than this each centre is a group. */
const FEW = 1024;
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

/** The contexts of a centre, in the mean. */
export const contextsOf = (window: number, shrinkWindows: boolean): number =>
  shrinkWindows ? window + 1 : 2 * window;

export function planGroups(
  vocabulary: number,
  { sg, negative, hs, alpha, window, shrinkWindows }: GroupingOptions,
): Grouping {
  const contexts = contextsOf(window, shrinkWindows);
  // In how many windows of a group a context is, in the mean.
  const windows = (GROUP * contexts) / (GROUP + contexts);
  // Gradients of a group are summed at the weights that it began with: in a small vocabulary, where all share the root of a tree, and
  // where steps are long, the sum would go too far, so each centre is a group. Tried: with a push of 4.4 and more trainings diverged.
  const push = sg ? alpha * (8 + negative) * windows : 0;
  // Halfway, an input gains ½ Σ g·g' of another input, over their outputs; g is the step alpha, as often as a negative counts.
  const given = (outputs: number, inputs: number, times: number) =>
    0.5 * outputs * inputs * ((alpha * times * negative) / outputs) ** 2;
  const isFar = push > MOST_PUSH_OF_GROUP;
  if (vocabulary < FEW || hs || isFar) {
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

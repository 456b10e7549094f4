/** Steps that are too long make numbers grow until they overflow: such a training ends with an error, not with vectors. */
import { blocks, SegueError, type Steps } from "../system/index.js";
import type { Weights } from "./matrices.js";
import { type Word2VecOptions, word2vecDefaults } from "./options.js";
import type { Wording } from "./wording.js";

/** What to say of a training that has diverged. */
interface Place {
  /** 1 for the first. */
  readonly epoch: number;
  readonly options: Word2VecOptions;
  readonly wording: Wording;
  /** What training began with, where not with random numbers. */
  readonly from?: Pick<Weights, "inputs" | "outputs"> | undefined;
}

/** Values that no training comes to: those that were seen stayed below 100. */
const NEVER_LEARNT = 1e6;

/** @throws SegueError code "diverged" where the loss of an epoch is not finite */
export function requireFiniteLoss(loss: number, place: Place): void {
  if (!Number.isFinite(loss)) throw diverged("the loss is not a number", place);
}

/**
 * One pass over the matrices, in steps.
 *
 * @throws SegueError code "diverged" where a value is not finite
 */
export function* requireFiniteWeights({ inputs, outputs, nodes }: Weights, place: Place): Steps<void> {
  for (const matrix of [inputs, outputs, nodes]) {
    if (matrix === undefined) continue;
    for (const [from, to] of blocks(0, matrix.length, 1 << 20)) {
      // A product with zero is zero, or no number.
      let sum = 0;
      for (let at = from; at < to; at++) sum += matrix[at]! * 0;
      if (sum !== 0) throw diverged("the vectors are not numbers", place);
      yield;
    }
  }
}

function diverged(what: string, place: Place): SegueError {
  return new SegueError(`training diverged in epoch ${place.epoch}: ${what}`, {
    hint: remedyOf(place),
    code: "diverged",
  });
}

/**
 * A step is as long as alpha, and a context takes one for each negative: whichever is farther above its default comes first. Tried: at
 * the default alpha, 700 negatives diverged, or 20 to 100 where few tracks fill windows that `sample` does not thin out; at the default
 * negatives an alpha of 0.5. Windows alone, without end, and other noise than the default's did not.
 */
function remedyOf({ options, wording, from }: Place): string {
  const largest = from === undefined ? 0 : largestOf(from);
  if (largest > NEVER_LEARNT)
    return `begin with other vectors than those of ${wording.option("from")}, which have values up to ${largest.toExponential(0)}`;
  const smaller = (["alpha", "negative"] as const)
    .map((name) => ({ name, excess: options[name] / word2vecDefaults[name] }))
    .sort((a, b) => b.excess - a.excess)
    .filter(({ excess }, i) => i === 0 || excess > 1)
    .map(({ name, excess }) => {
      const byDefault = excess === 1 ? ", the default" : ` (${word2vecDefaults[name]} by default)`;
      return `a smaller ${wording.option(name)} than ${options[name]}${byDefault}`;
    });
  return `use ${smaller.join(", or ")}`;
}

function largestOf({ inputs, outputs }: Pick<Weights, "inputs" | "outputs">): number {
  let largest = 0;
  for (const matrix of [inputs, outputs])
    for (const value of matrix ?? []) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** Steps that are too long make numbers grow until they are none: such a training is an error, not vectors. */
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
}

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

function diverged(what: string, { epoch, options, wording }: Place): SegueError {
  const alpha = wording.option("alpha");
  return new SegueError(`training diverged in epoch ${epoch}: ${what}`, {
    hint: `use a smaller ${alpha} than ${options.alpha} (${word2vecDefaults.alpha} by default)`,
    code: "diverged",
  });
}

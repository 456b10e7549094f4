/** Detects divergence: steps that are too long make values grow until they overflow. Training then fails. */
import { blocks, SegueError, type Steps } from "../../system/index.js";
import type { Weights } from "../kernel/matrices.js";
import { type Word2VecOptions, word2vecDefaults } from "../options/options.js";
import type { Wording } from "../options/wording.js";

/** What the error message says about the training. */
interface Place {
  /** From 1. */
  readonly epoch: number;
  readonly options: Word2VecOptions;
  readonly wording: Wording;
  /** The initial weights, if not random. */
  readonly from?: Pick<Weights, "inputs" | "outputs"> | undefined;
}

/** Larger than any value that training learns, and than any loss of one: those observed stayed below 100. */
const NEVER_LEARNT = 1e6;

/** @throws SegueError code "diverged" if the loss of an epoch is not finite, or far above that of vectors that know nothing */
export function requireFiniteLoss(loss: number, place: Place): void {
  if (!Number.isFinite(loss)) throw diverged("the loss is not a number", place);
  if (loss > NEVER_LEARNT) throw diverged(`the loss is ${loss.toExponential(0)}`, place);
}

/**
 * One pass over the matrices, in steps.
 *
 * @throws SegueError code "diverged" if a value is not finite
 */
export function* requireFiniteWeights({ inputs, outputs, nodes }: Weights, place: Place): Steps<void> {
  for (const matrix of [inputs, outputs, nodes]) {
    if (matrix === undefined) continue;
    for (const [from, to] of blocks(0, matrix.length, 1 << 20)) {
      // Zero times a finite number is zero, else NaN.
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
 * The step length grows with alpha and with the number of negatives: whichever exceeds its default by the larger factor is named first.
 * Measured: with the default alpha, 700 negatives diverged, or 20 to 100 if few tracks fill the windows and `sample` does not downsample
 * them; with the default negatives, an alpha of 0.5. Large windows alone and another noise distribution did not diverge. If neither
 * exceeds its default, one track is nearly all plays and the window large (99.9 % at window 40, or 99 % without downsampling): a smaller
 * `sample` or `window` suffices then, options that grids have, too, unlike alpha.
 */
function remedyOf({ options, wording, from }: Place): string {
  const largest = from === undefined ? 0 : largestOf(from);
  if (largest > NEVER_LEARNT)
    return `begin with other vectors than those of ${wording.option("from")}, which have values up to ${largest.toExponential(0)}`;
  const smaller = (["alpha", "negative"] as const)
    .map((name) => ({ name, excess: options[name] / word2vecDefaults[name] }))
    .sort((a, b) => b.excess - a.excess)
    .filter(({ excess }) => excess > 1)
    .map(
      ({ name }) =>
        `a smaller ${wording.option(name)} than ${options[name]} (${word2vecDefaults[name]} by default)`,
    );
  if (smaller.length > 0) return `use ${smaller.join(", or ")}`;
  const { sample, window } = options;
  const kept =
    sample > 0
      ? `a smaller ${wording.option("sample")} than ${sample}`
      : `${wording.option("sample")} ${word2vecDefaults.sample}`;
  return `use ${kept}, or a smaller ${wording.option("window")} than ${window}`;
}

function largestOf({ inputs, outputs }: Pick<Weights, "inputs" | "outputs">): number {
  let largest = 0;
  for (const matrix of [inputs, outputs])
    for (const value of matrix ?? []) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** How negatives are distributed over the vocabulary. */
import { blocks, type Steps } from "../system/index.js";

/**
 * How much each row is drawn as a negative, in proportion: count^exponent, 0 for what was never played. Where powers leave the range
 * of numbers, they are of shares of the count that is drawn most.
 */
export function* noiseSteps(counts: Float64Array, exponent: number): Steps<Float64Array> {
  const weights = new Float64Array(counts.length);
  const most = yield* mostDrawn(counts, exponent);
  const power = most ** exponent;
  const unit = power > 1e-200 && power < 1e200 ? 1 : most;
  for (const [from, to] of blocks(0, counts.length)) {
    for (let row = from; row < to; row++) {
      const count = counts[row]!;
      // Counts fall, mostly: neighbours are alike, and a power takes long.
      weights[row] =
        row > 0 && count === counts[row - 1] ? weights[row - 1]! : count > 0 ? (count / unit) ** exponent : 0;
    }
    yield;
  }
  return weights;
}

/** The highest count, or the lowest that there is where the exponent is negative. */
function* mostDrawn(counts: Float64Array, exponent: number): Steps<number> {
  let most = 0;
  for (const [from, to] of blocks(0, counts.length)) {
    for (let row = from; row < to; row++) {
      const count = counts[row]!;
      if (count > 0 && (most === 0 || (exponent < 0 ? count < most : count > most))) most = count;
    }
    yield;
  }
  return most;
}

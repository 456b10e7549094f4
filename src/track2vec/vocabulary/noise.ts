/** The noise distribution that negatives are drawn from. */
import { blocks, type Steps } from "../../system/index.js";

/**
 * The relative probability of each row as a negative: count^exponent, 0 for tracks never played. If powers could overflow or underflow,
 * counts are first divided by the one with the largest power.
 */
export function* noiseSteps(counts: Float64Array, exponent: number): Steps<Float64Array> {
  const weights = new Float64Array(counts.length);
  const most = yield* mostDrawn(counts, exponent);
  const power = most ** exponent;
  const unit = power > 1e-200 && power < 1e200 ? 1 : most;
  for (const [from, to] of blocks(0, counts.length)) {
    for (let row = from; row < to; row++) {
      const count = counts[row]!;
      // Rows are mostly in order of falling count, so equal counts are adjacent: skip the costly power.
      weights[row] =
        row > 0 && count === counts[row - 1] ? weights[row - 1]! : count > 0 ? (count / unit) ** exponent : 0;
    }
    yield;
  }
  return weights;
}

/** The highest count or, for a negative exponent, the lowest above 0. */
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

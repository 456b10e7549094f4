/**
 * Computes σ(|s|) of scores and sums the loss; gradients and loss if each score has a weight with the sign of its label:
 * -log σ(±s) = max(∓s, 0) - log σ(|s|).
 */
import { certaintiesOf, log, ones, sumLanes4 } from "./_math";
import { gradients, likely, weights } from "./_settings";

let loss: f64 = 0;

export function openLoss(): void {
  loss = 0;
}

export function closeLoss(): f64 {
  return loss;
}

/** Adds the four lanes to the loss. */
// @ts-ignore: decorator
@inline
export function addLoss(parts: v128): void {
  loss += <f64>f32x4.extract_lane(sumLanes4(parts, parts, parts, parts), 0);
}

/** Writes σ(|s|) of `count` vectors of scores to `likely`. */
export function certainties(count: u32): void {
  certaintiesOf(gradients, gradients + (<usize>count << 4), likely);
}

/**
 * Replaces `count` vectors of scores by gradients, weight · (label - σ(score)) · alpha. The sign of a score's entry in `weights` is its
 * label: positive for 1, negative for 0; a weight of 0 gives no gradient. Returns the loss.
 */
export function gradientsOfScores(count: u32, alpha: f32): v128 {
  certainties(count);
  const zero = f32x4.splat(0);
  const rate = f32x4.splat(alpha);
  const end = gradients + (<usize>count << 4);
  let loss = zero;
  let w = weights;
  let p = likely;
  for (let g = gradients; g < end; g += 16) {
    const f = v128.load(p);
    const weight = v128.load(w);
    // Below 0 if the score has the wrong sign: then the error is σ(|s|).
    const right = f32x4.mul(weight, v128.load(g));
    const off = v128.bitselect(f, f32x4.sub(ones(), f), f32x4.lt(right, zero));
    v128.store(g, f32x4.mul(f32x4.mul(weight, rate), off));
    loss = f32x4.sub(loss, f32x4.add(f32x4.pmin(right, zero), f32x4.mul(f32x4.abs(weight), log(f))));
    w += 16;
    p += 16;
  }
  return loss;
}

/**
 * Scores become gradients, weight · (label - σ(score)) · alpha, and the loss is taken on the way:
 * -log σ(±s) = max(∓s, 0) - log σ(|s|). Both come from `weights` beside the scores: positive where the label is 1, negative where it is 0,
 * 0 where nothing is to be learnt.
 */
import { expNonPositive, log, ones, signBits, sumLanes4 } from "./_math";
import { gradients, likely, weights } from "./_settings";

let loss: f64 = 0;

export function openLoss(): void {
  loss = 0;
}

export function closeLoss(): f64 {
  return loss;
}

/** Adds four sums of linear parts and logarithms. */
// @ts-ignore: decorator
@inline
export function addLoss(parts: v128): void {
  loss += <f64>f32x4.extract_lane(sumLanes4(parts, parts, parts, parts), 0);
}

/**
 * `count` vectors of scores to gradients; writes σ(|s|), in [1/2, 1], to `likely`, and returns the linear part of the loss. One short loop
 * without branches, so that many exponentials and quotients are under way at once.
 */
export function gradientsOfScores(count: u32, alpha: f32): v128 {
  const zero = f32x4.splat(0);
  const rate = f32x4.splat(alpha);
  const end = gradients + (<usize>count << 4);
  let linear = zero;
  let w = weights;
  let p = likely;
  for (let g = gradients; g < end; g += 16) {
    const s = v128.load(g);
    const one = ones();
    const weight = v128.load(w);
    // Setting a sign is one instruction, abs and neg are six.
    const e = expNonPositive(v128.or(s, signBits()));
    const sure = f32x4.div(one, f32x4.add(one, e));
    // Below 0 where the score has the wrong sign.
    const right = f32x4.mul(weight, s);
    const numerator = f32x4.pmax(e, v128.and(f32x4.lt(right, zero), one));
    v128.store(g, f32x4.mul(f32x4.mul(weight, rate), f32x4.mul(numerator, sure)));
    v128.store(p, sure);
    linear = f32x4.sub(linear, f32x4.pmin(right, zero));
    w += 16;
    p += 16;
  }
  return linear;
}

/** The other part of the loss of `count` vectors from vector number `from` on, a logarithm each. */
export function logarithms(from: u32, count: u32): v128 {
  const at = <usize>from << 4;
  const end = weights + at + (<usize>count << 4);
  let p = likely + at;
  let sum = f32x4.splat(0);
  for (let w = weights + at; w < end; w += 16) {
    sum = f32x4.sub(sum, f32x4.mul(f32x4.abs(v128.load(w)), log(v128.load(p))));
    p += 16;
  }
  return sum;
}

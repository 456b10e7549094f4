/**
 * Scores become gradients, weight · (label - σ(score)) · alpha, and the loss is taken on the way:
 * -log σ(±s) = max(∓s, 0) + log(1 + e^-|s|). Of the second parts only the product is formed, factors in (1, 2], and its
 * logarithm taken once for up to sixty of them.
 */
import { expNonPositive, log, sumLanes4 } from "./_math";
import { products } from "./_settings";

/** Factors a lane whose product stays well below the largest float. */
const MOST_FACTORS: u32 = 60;

let loss: f64 = 0;

export function openLoss(): void {
  loss = 0;
}

export function closeLoss(): f64 {
  return loss;
}

/** Adds four sums of linear parts and logarithms of products of factors. */
// @ts-ignore: decorator
@inline
function addLoss(parts: v128): void {
  loss += <f64>f32x4.extract_lane(sumLanes4(parts, parts, parts, parts), 0);
}

/** All ones in the lanes whose input is in `from` … `to` - 1 and not `self`; `lanes` are the numbers of four inputs. */
// @ts-ignore: decorator
@inline
export function maskOf(lanes: v128, from: i32, to: i32, self: i32): v128 {
  const inside = v128.and(i32x4.ge_s(lanes, i32x4.splat(from)), i32x4.lt_s(lanes, i32x4.splat(to)));
  return v128.andnot(inside, i32x4.eq(lanes, i32x4.splat(self)));
}

// @ts-ignore: decorator
@inline
export function lanesOf(first: i32): v128 {
  return i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
}

/**
 * One output with a label of its own (sign 1: 1, sign -1: 0) for the inputs `from` … `to` - 1 without `self`; the gradients of
 * the other inputs in `tilesFrom` … `tilesTo` become zero. Counts in `weights` how often each input is trained.
 */
// @ts-ignore: decorator
@inline
export function labelled(
  g: usize,
  tilesFrom: u32,
  tilesTo: u32,
  from: i32,
  to: i32,
  self: i32,
  sign: f32,
  alpha: f32,
  weights: usize,
): void {
  const one = f32x4.splat(1);
  const signs = f32x4.splat(sign);
  const step = f32x4.splat(sign * alpha);
  let factors = one;
  let linear = f32x4.splat(0);
  for (let t = tilesFrom; t < tilesTo; t++) {
    const at = g + (<usize>t << 4);
    const mask = maskOf(lanesOf(t << 2), from, to, self);
    const w = weights + (<usize>t << 4);
    v128.store(w, i32x4.sub(v128.load(w), mask));
    const z = f32x4.mul(v128.load(at), signs);
    const e = expNonPositive(v128.or(z, f32x4.splat(-0.0)));
    const factor = f32x4.add(one, e);
    const wrong = f32x4.lt(z, f32x4.splat(0));
    v128.store(at, v128.and(mask, f32x4.mul(step, f32x4.div(v128.bitselect(one, e, wrong), factor))));
    factors = f32x4.mul(factors, v128.bitselect(factor, one, mask));
    linear = f32x4.sub(linear, v128.and(z, v128.and(mask, wrong)));
  }
  addLoss(f32x4.add(log(factors), linear));
}

/** exp(-|s|); setting a sign is one instruction, abs and neg are six. */
// @ts-ignore: decorator
@inline
function expOfMinus(s: v128): v128 {
  return expNonPositive(v128.or(s, f32x4.splat(-0.0)));
}

/** rate · σ(|s|) where all bits of `wrong` are set (the score s has the wrong sign), rate · σ(-|s|) elsewhere; e is exp(-|s|) ≤ 1. */
// @ts-ignore: decorator
@inline
function step(rate: v128, wrong: v128, e: v128, factor: v128): v128 {
  return f32x4.mul(rate, f32x4.div(f32x4.pmax(e, v128.and(wrong, f32x4.splat(1))), factor));
}

/**
 * `count` vectors (at most 64) of scores with centres, whose label is 1; `mask` has all ones for the inputs of each centre. In one
 * loop that nothing interrupts, many exponentials and quotients are under way at once.
 */
export function centreGradients(g: usize, mask: usize, count: u32, alpha: f32): void {
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  const rate = f32x4.splat(alpha);
  const end = g + (<usize>count << 4);
  let factors = one;
  let linear = zero;
  for (; g < end; g += 16) {
    const s = v128.load(g);
    const m = v128.load(mask);
    const e = expOfMinus(s);
    const factor = f32x4.add(one, e);
    v128.store(g, v128.and(m, step(rate, f32x4.lt(s, zero), e, factor)));
    factors = f32x4.mul(factors, f32x4.add(one, v128.and(e, m)));
    linear = f32x4.sub(linear, v128.and(m, f32x4.pmin(s, zero)));
    mask += 16;
  }
  addLoss(f32x4.add(log(factors), linear));
}

/** `count` outputs whose label is 0, for the first `tiles` times four inputs, with a weight for each input (32-bit floats). */
export function negativeGradients(g: usize, count: u32, tiles: u32, weights: usize, alpha: f32): void {
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  const rate = f32x4.splat(-alpha);
  const row = <usize>tiles << 4;
  let sum = zero;
  for (let first: u32 = 0; first < count; first += MOST_FACTORS) {
    const end = g + <usize>min(MOST_FACTORS, count - first) * row;
    for (let t: usize = 0; t < row; t += 16) v128.store(products + t, one);
    let t: usize = 0;
    for (; g < end; g += 16) {
      const s = v128.load(g);
      const w = v128.load(weights + t);
      const e = expOfMinus(s);
      const factor = f32x4.add(one, e);
      v128.store(g, step(f32x4.mul(w, rate), f32x4.gt(s, zero), e, factor));
      v128.store(products + t, f32x4.mul(v128.load(products + t), factor));
      sum = f32x4.add(sum, f32x4.mul(w, f32x4.pmax(s, zero)));
      t += 16;
      t = t < row ? t : 0;
    }
    for (t = 0; t < row; t += 16) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(weights + t), log(v128.load(products + t))));
    }
  }
  addLoss(sum);
}

/**
 * Gradients and loss of a block with negative sampling. The weight of an input is 1 for centres whose window contains it, and 0 for others;
 * for a negative it is the number of windows that contain it, times negative / shared. So the gradient is alpha · weight · σ(-s) for centres
 * and -alpha · weight · σ(s) for negatives, and the loss -weight · log σ(s) and -weight · log σ(-s), where
 * -log σ(∓s) = max(±s, 0) - log σ(|s|). Logarithms are computed of products.
 *
 * Short loops with one purpose each, whose values all fit into registers: first σ(|s|) of all scores, then the centres, four at a time, then
 * the negatives.
 */
import { fromOfQuad, inputs, stride, toOfQuad } from "./_block";
import { addLoss, certainties } from "./_gradients";
import { mac } from "./_mac";
import { log, ones, pick } from "./_math";
import { gradients, hits, likely, negative, shared, windowBits, weights } from "./_settings";

/** Weights of four centres by their bits. */
const CENTRES = memory.data<f32>([
  0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 1, 1, 1, 0,
  0, 0, 0, 1, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1,
], 16);

/** Quads of factors in [1/2, 1] whose product over all lanes stays well above the smallest float. */
const MOST_QUADS: u32 = 30;

/**
 * Replaces the block's scores by gradients, for one or two quads of centres with `quads` of negatives between them. `each`: a negative may
 * be one of the centres, and is then not counted for that centre's inputs.
 */
export function gradientsOfWindows(each: bool, quads: u32, large: bool, alpha: f32): void {
  certainties(inputs * (1 + quads + <u32>large));
  let loss = ofCentres(0, 0, alpha);
  if (large) loss = f32x4.add(loss, ofCentres(4, stride - 16, alpha));
  if (each || (shared & 3) != 0 || quads > MOST_QUADS) loss = f32x4.add(loss, ofNegativesEach(quads, alpha));
  else loss = f32x4.add(loss, ofNegatives(quads, alpha));
  addLoss(loss);
}

/** The centres from `c` on, whose scores are `behind` bytes after the row's first; returns their loss. */
function ofCentres(c: u32, behind: usize, alpha: f32): v128 {
  const zero = f32x4.splat(0);
  const one = ones();
  const rate = f32x4.splat(alpha);
  const step = stride;
  const start = fromOfQuad(c);
  const offset = <usize>start * step + behind;
  const end = gradients + <usize>toOfQuad(c) * step + behind;
  let p = likely + offset;
  let turn = windowBits + (<usize>start << 2);
  let linear = zero;
  let product = one;
  for (let g = gradients + offset; g < end; g += step) {
    const w = v128.load(CENTRES + (<usize>((load<u32>(turn) >> c) & 15) << 4));
    const s = v128.load(g);
    const f = v128.load(p);
    v128.store(g, f32x4.mul(f32x4.mul(w, rate), pick(s, f, f32x4.sub(one, f))));
    linear = f32x4.sub(linear, f32x4.mul(w, f32x4.pmin(s, zero)));
    product = f32x4.mul(product, f32x4.pmax(f, f32x4.sub(one, w)));
    p += step;
    turn += 4;
  }
  return f32x4.sub(linear, log(product));
}

/** The negatives, which all have the same weight for an input; returns their loss. */
function ofNegatives(quads: u32, alpha: f32): v128 {
  const share = <f32>negative / <f32>shared;
  const end = weights + (<usize>inputs << 2);
  let turn = windowBits;
  for (let weight = weights; weight < end; weight += 4) {
    store<f32>(weight, <f32>popcnt(load<u32>(turn)) * share);
    turn += 4;
  }
  // Two quads at once; if their number is odd, the first one alone.
  let q = quads & 1;
  let linear = q != 0 ? ofQuads(16, true, false, alpha) : f32x4.splat(0);
  for (; q < quads; q += 2) linear = f32x4.add(linear, ofQuads(16 + (<usize>q << 4), q == 0, true, alpha));
  return f32x4.sub(linear, logarithmsOfFactors(inputs));
}

/**
 * The quad whose scores are `behind` bytes after the row's first, or `two`; returns the linear part of their loss. After `weights` come the
 * products of the quads' σ(|s|), one vector per input; the first quad initialises them.
 */
// @ts-ignore: decorator
@inline
function ofQuads(behind: usize, begins: bool, two: bool, alpha: f32): v128 {
  const zero = f32x4.splat(0);
  const one = ones();
  const back = f32x4.splat(-alpha);
  const step = stride;
  const apart = likely - gradients;
  const end = gradients + <usize>inputs * step + behind;
  let weight = weights;
  let factors = weights + (<usize>inputs << 2) + 16;
  let linear = zero;
  for (let g = gradients + behind; g < end; g += step) {
    const w = v128.load_splat<f32>(weight);
    const rate = f32x4.mul(w, back);
    const s = v128.load(g);
    const f = v128.load(g + apart);
    v128.store(g, f32x4.mul(rate, pick(s, f32x4.sub(one, f), f)));
    let factor = f;
    let above = f32x4.pmax(s, zero);
    if (two) {
      const t = v128.load(g, 16);
      const h = v128.load(g + apart, 16);
      v128.store(g, f32x4.mul(rate, pick(t, f32x4.sub(one, h), h)), 16);
      factor = f32x4.mul(factor, h);
      above = f32x4.add(above, f32x4.pmax(t, zero));
    }
    v128.store(factors, begins ? factor : f32x4.mul(factor, v128.load(factors)));
    linear = mac(linear, w, above);
    weight += 4;
    factors += 16;
  }
  return linear;
}

/** Σ weight · log of the product over the lanes of each input's vector. */
// @ts-ignore: decorator
@inline
function logarithmsOfFactors(count: u32): v128 {
  const start = weights + (<usize>count << 2) + 16;
  const end = start + (<usize>count << 4);
  // Four inputs at a time: padding has a weight of 0.
  v128.store(weights + (<usize>count << 2), f32x4.splat(0));
  for (let at = end; at < end + 48; at += 16) v128.store(at, ones());
  let weight = weights;
  let sum = f32x4.splat(0);
  for (let p = start; p < end; p += 64) {
    const a = v128.load(p);
    const b = v128.load(p, 16);
    const c = v128.load(p, 32);
    const d = v128.load(p, 48);
    const ab = f32x4.mul(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
    const cd = f32x4.mul(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
    const all = f32x4.mul(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
    sum = mac(sum, v128.load(weight), log(all));
    weight += 16;
  }
  return sum;
}

/** The same if every negative has its own weight, and so its own logarithm. */
function ofNegativesEach(quads: u32, alpha: f32): v128 {
  const zero = f32x4.splat(0);
  const one = ones();
  const back = f32x4.splat(-alpha);
  const share = <f32>negative / <f32>shared;
  const partly = (shared & 3) != 0;
  const apart = likely - gradients;
  let loss = zero;
  for (let u: u32 = 0; u < inputs; u++) {
    const bits = load<u32>(windowBits + (<usize>u << 2));
    let g = gradients + <usize>u * stride + 16;
    for (let q: u32 = 0; q < quads; q++) {
      let w = weightsOf(q, bits, share);
      if (partly && q + 1 == quads) w = v128.and(w, i32x4(-1, -1, 0, 0));
      const s = v128.load(g);
      const f = v128.load(g + apart);
      v128.store(g, f32x4.mul(f32x4.mul(back, w), pick(s, f32x4.sub(one, f), f)));
      loss = mac(loss, w, f32x4.sub(f32x4.pmax(s, zero), log(f)));
      g += 16;
    }
  }
  return loss;
}

/** The weight of each negative of a quad: the number of windows that contain an input, except those whose centre is the negative. */
// @ts-ignore: decorator
@inline
function weightsOf(q: u32, bits: i32, share: f32): v128 {
  const at = hits + (<usize>q << 4);
  return f32x4(
    <f32>popcnt(bits & ~load<i32>(at)) * share,
    <f32>popcnt(bits & ~load<i32>(at, 4)) * share,
    <f32>popcnt(bits & ~load<i32>(at, 8)) * share,
    <f32>popcnt(bits & ~load<i32>(at, 12)) * share,
  );
}
